package org.webhookbroker.seed;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.audit.Who;
import org.webhookbroker.outbound.CallRoute;
import org.webhookbroker.outbound.CallbackCheck;
import org.webhookbroker.outbound.HostName;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerRoute;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.ConsumerValues;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.LastModified;
import org.webhookbroker.registry.PutResult;
import org.webhookbroker.registry.RegistryEntry;
import org.webhookbroker.registry.RegistryStores;
import org.webhookbroker.registry.Retries;
import org.webhookbroker.registry.Signing;
import org.webhookbroker.registry.Tokens;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.registry.ValueRules;

/** Creates or updates what the seed data name. An entry that cannot be used is logged and left out (contract 10). */
final class SeedWriter {
    private static final Logger LOG = LoggerFactory.getLogger(SeedWriter.class);
    private static final Deed PUT = Who.within("seed").doing(Action.PUT);

    private final RegistryStores registry;
    private final CallbackCheck callbacks;

    SeedWriter(RegistryStores registry, CallbackCheck callbacks) {
        this.registry = registry;
        this.callbacks = callbacks;
    }

    /** Returns how many entries were applied, changed by it or not. */
    int apply(SeedFactory seed) {
        int applied = 0;
        for (int i = 0; i < seed.producers.size(); i++) {
            applied += producer(i, seed.producers.get(i)) ? 1 : 0;
        }
        Map<String, Channel> seeded = new HashMap<>();
        for (int i = 0; i < seed.channels.size(); i++) {
            channel(i, seed.channels.get(i)).ifPresent(channel -> seeded.put(channel.publicId(), channel));
        }
        for (int i = 0; i < seed.consumers.size(); i++) {
            applied += consumer(i, seed.consumers.get(i), seeded) ? 1 : 0;
        }
        return applied + seeded.size();
    }

    private boolean producer(int index, SeedEntry entry) {
        Optional<String> wrong = wrong(entry);
        wrong.ifPresent(text -> ignore("producers", index, entry.id(), text));
        if (wrong.isEmpty()) {
            put(
                    entry,
                    () -> registry.producers().find(entry.id()),
                    (values, condition) -> registry.producers().put(values, condition, PUT));
        }
        return wrong.isEmpty();
    }

    private Optional<Channel> channel(int index, SeedEntry entry) {
        Optional<String> wrong = wrong(entry);
        wrong.ifPresent(text -> ignore("channels", index, entry.id(), text));
        return wrong.isEmpty()
                ? Optional.of(put(
                        entry,
                        () -> registry.channels().find(entry.id()),
                        (values, condition) -> registry.channels().put(values, condition, PUT)))
                : Optional.empty();
    }

    private boolean consumer(int index, SeedConsumer wanted, Map<String, Channel> seeded) {
        Optional<Channel> channel = Optional.ofNullable(seeded.get(wanted.channel));
        Optional<ConsumerType> type = ConsumerType.parse(wanted.type);
        Optional<Retries> retries = Retries.parse(wanted.maxRetries, wanted.retryDelays, wanted.unreachableFor);
        Optional<String> wrong = wrong(wanted.entry())
                .or(() -> ValueRules.callbackUrlSize(wanted.callbackUrl))
                .or(() -> unless(
                        ValueRules.isAbsoluteUrl(wanted.callbackUrl),
                        "`callbackUrl` is no absolute URL; begin it with http:// or https://"))
                .or(() -> HostName.wrongIn(wanted.callbackUrl))
                .or(() -> unless(
                        channel.isPresent(),
                        "`channel` is '" + wanted.channel + "', which is none of seed.channels; add it there"))
                .or(() -> unless(type.isPresent(), "`type` is '" + wanted.type + "'; use push or pull"))
                .or(() -> unless(retries.isPresent(), Retries.RULE))
                .or(() -> refused(wanted, channel.orElseThrow(), type.orElseThrow()));
        if (wrong.isPresent()) {
            ignore("consumers", index, wanted.id, wrong.get());
            return false;
        }
        put(wanted.entry(), () -> registry.consumers().find(channel.orElseThrow(), wanted.id), (values, condition) -> {
            Optional<Consumer> known = registry.consumers().find(channel.orElseThrow(), wanted.id);
            return registry.consumers()
                    .put(
                            new ConsumerValues(
                                    channel.orElseThrow(),
                                    values,
                                    wanted.callbackUrl,
                                    type.orElseThrow(),
                                    retries.orElseThrow(),
                                    // Seed data say nothing of these, so they stay as they are.
                                    known.map(Consumer::signing).orElse(Signing.NONE),
                                    known.map(Consumer::route).orElse(ConsumerRoute.AS_CONFIGURED)),
                            condition,
                            PUT);
        });
        return true;
    }

    /**
     * Without a token it keeps the one it has, or gets a random one. The condition makes that atomic: it passes only if what
     * was found, or that nothing was, still holds.
     */
    private static <T extends RegistryEntry> T put(
            SeedEntry entry, Supplier<Optional<T>> find, BiFunction<EntryValues, UpdateCondition, PutResult<T>> store) {
        while (true) {
            Optional<T> known = find.get();
            String name = entry.name().isEmpty() ? entry.id() : entry.name();
            String token = entry.token().isEmpty()
                    ? known.map(RegistryEntry::token).orElseGet(Tokens::generate)
                    : entry.token();
            UpdateCondition asFound = UpdateCondition.unmodifiedSince(
                    known.map(found -> LastModified.of(found.changedAt())).orElse(""));
            PutResult<T> result = store.apply(new EntryValues(entry.id(), name, token), asFound);
            if (result.verdict() == UpdateCondition.Verdict.PASSED) {
                return result.entry();
            }
        }
    }

    private static Optional<String> wrong(SeedEntry entry) {
        return ValueRules.text("id", entry.id())
                .or(() -> entry.name().isEmpty() ? Optional.empty() : ValueRules.text("name", entry.name()))
                .or(() -> entry.token().isEmpty() ? Optional.empty() : ValueRules.token(entry.token()));
    }

    /** Without waiting for a name: it may not be there yet when a node starts, and each delivery looks it up. */
    private Optional<String> refused(SeedConsumer wanted, Channel channel, ConsumerType type) {
        ConsumerRoute route = registry.consumers()
                .find(channel, wanted.id)
                .map(Consumer::route)
                .orElse(ConsumerRoute.AS_CONFIGURED);
        return type == ConsumerType.PUSH
                ? callbacks.wrongIn(
                        wanted.callbackUrl, CallRoute.of(route.tlsProfile(), route.allowedNetworks()), Duration.ZERO)
                : Optional.empty();
    }

    private static Optional<String> unless(boolean fine, String wrong) {
        return fine ? Optional.empty() : Optional.of(wrong);
    }

    private static void ignore(String list, int index, String id, String wrong) {
        LOG.error("Ignored seed.{}[{}] with id '{}': {}", list, index, id, wrong);
    }
}
