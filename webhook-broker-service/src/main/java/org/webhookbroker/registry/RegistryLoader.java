package org.webhookbroker.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.RegistryChange.Kind;

/** Reads the registry: what changed since a known version, or all of it where that is not known. */
final class RegistryLoader {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryLoader.class);

    private RegistryLoader() {}

    static RegistrySnapshot load(RegistrySnapshot known, long version, Handle handle) {
        boolean isFirst = known.version() == 0;
        return RegistryChange.between(handle, known.version(), version)
                .map(changes -> merge(known, version, changes, handle))
                // Otherwise somebody has changed the tables by hand, and what is known is no use.
                .filter(merged -> isWhole(handle, merged))
                .orElseGet(() -> load(version, handle, isFirst ? Unreadable.REFUSED : Unreadable.KEPT));
    }

    private static RegistrySnapshot load(long version, Handle handle, Unreadable unreadable) {
        List<Producer> producers = EntryStore.allProducers(handle, unreadable);
        List<Channel> channels = EntryStore.allChannels(handle, unreadable);
        Map<Xid, Channel> channelById = channels.stream().collect(Collectors.toMap(Channel::id, Function.identity()));
        List<Consumer> consumers =
                consumers(handle.createQuery(ConsumerRow.SELECT + "ORDER BY id"), channelById, unreadable);
        RegistrySnapshot read = new RegistrySnapshot(version, producers, channels, consumers);
        if (!isWhole(handle, read)) {
            throw new IllegalStateException("Not all of the registry was read: something cuts reads short");
        }
        return read;
    }

    /** A consumer that was not read would get no jobs, and the accounting would not miss them (G3). */
    private static boolean isWhole(Handle handle, RegistrySnapshot read) {
        return isAll(handle, "producer", read.producers())
                && isAll(handle, "channel", read.channels())
                && isAll(handle, "consumer JOIN channel ON channel.id = consumer.channel_id", read.consumers());
    }

    private static boolean isAll(Handle handle, String rows, Collection<?> read) {
        return handle.createQuery("SELECT COUNT(*) FROM <rows>")
                        .define("rows", rows)
                        .mapTo(Integer.class)
                        .one()
                == read.size();
    }

    /** What changed is taken out of the known, and put in again as far as it is still there. */
    private static RegistrySnapshot merge(
            RegistrySnapshot known, long version, List<RegistryChange> changes, Handle handle) {
        Map<Kind, Set<Xid>> ids = changes.stream()
                .collect(Collectors.groupingBy(
                        RegistryChange::kind, Collectors.mapping(RegistryChange::entry, Collectors.toSet())));
        Set<Xid> changed = ids.getOrDefault(Kind.CONSUMER, Set.of());
        Collection<Producer> producers = merge(
                known.producers(),
                ids.getOrDefault(Kind.PRODUCER, Set.of()),
                (all, some) -> EntryStore.someProducers(all, some, Unreadable.KEPT),
                handle);
        Collection<Channel> channels = merge(
                known.channels(),
                ids.getOrDefault(Kind.CHANNEL, Set.of()),
                (all, some) -> EntryStore.someChannels(all, some, Unreadable.KEPT),
                handle);
        Map<Xid, Channel> channelById = channels.stream().collect(Collectors.toMap(Channel::id, Function.identity()));
        Collection<Consumer> consumers = merge(
                        known.consumers(),
                        changed,
                        (all, some) -> consumers(
                                all.createQuery(ConsumerRow.SELECT + "WHERE id IN (<ids>)")
                                        .bindList("ids", some),
                                channelById,
                                Unreadable.KEPT),
                        handle)
                .stream()
                .flatMap(consumer -> Stream.ofNullable(
                                channelById.get(consumer.channel().id()))
                        .map(consumer::of))
                .sorted(Comparator.comparing(Consumer::id))
                .toList();
        return new RegistrySnapshot(version, producers, channels, consumers);
    }

    private static <T extends RegistryEntry> Collection<T> merge(
            Collection<T> known, Set<Xid> changed, BiFunction<Handle, Set<Xid>, List<T>> read, Handle handle) {
        if (changed.isEmpty()) {
            return known;
        }
        List<T> merged = new ArrayList<>(read.apply(handle, changed));
        known.stream().filter(entry -> !changed.contains(entry.id())).forEach(merged::add);
        return merged;
    }

    /**
     * Only a hand or an older release removes a channel that has consumers. They are left out, as nothing can be sent to them, and
     * intake goes on (G6).
     */
    private static List<Consumer> consumers(Query query, Map<Xid, Channel> channels, Unreadable unreadable) {
        return query
                .map((row, context) -> {
                    Channel channel = channels.get(Columns.xid(row, "channel_id"));
                    if (channel == null) {
                        LOG.error(
                                "Consumer {} with the internal id {} is left out: its channel is not there",
                                row.getString("public_id"),
                                Columns.xid(row, "id"));
                        return Optional.<Consumer>empty();
                    }
                    return Optional.of(ConsumerRow.read(row, channel, context, unreadable));
                })
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }
}
