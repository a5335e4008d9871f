package org.webhookbroker.registry;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Xid;

/**
 * Answers from this node's snapshot, but never refuses by it alone: another node may have added an entry or changed a token
 * a moment ago, so the database's version is read once before a refusal. A yes may be as old as
 * the period of the watch, which runs {@link Registry#refresh} more than once a second. Thread-safe.
 */
public final class RegistryLookup {
    private final Registry registry;

    public RegistryLookup(Registry registry) {
        this.registry = registry;
    }

    public Optional<Producer> producer(String publicId) {
        return verified(snapshot -> snapshot.producer(publicId), Optional::isPresent);
    }

    public Optional<Channel> channel(String publicId) {
        return verified(snapshot -> snapshot.channel(publicId), Optional::isPresent);
    }

    public Optional<Consumer> consumer(Channel channel, String publicId) {
        return verified(snapshot -> snapshot.consumer(channel.id(), publicId), Optional::isPresent);
    }

    /** By internal id, which is what jobs and messages know. */
    public Optional<Consumer> consumer(Xid id) {
        return verified(snapshot -> snapshot.consumer(id), Optional::isPresent);
    }

    public Optional<Producer> producer(Xid id) {
        return verified(snapshot -> snapshot.producer(id), Optional::isPresent);
    }

    public boolean tokenMatches(Producer producer, @Nullable String given) {
        return matches(snapshot -> snapshot.producer(producer.publicId()), given);
    }

    public boolean tokenMatches(Channel channel, @Nullable String given) {
        return matches(snapshot -> snapshot.channel(channel.publicId()), given);
    }

    public boolean tokenMatches(Consumer consumer, @Nullable String given) {
        return matches(snapshot -> snapshot.consumer(consumer.id()), given);
    }

    private boolean matches(
            Function<RegistrySnapshot, Optional<? extends RegistryEntry>> entry, @Nullable String given) {
        return verified(
                snapshot -> entry.apply(snapshot)
                        .filter(found -> Tokens.matches(found.token(), given))
                        .isPresent(),
                matched -> matched);
    }

    /** The answer of the snapshot at hand if it is positive, otherwise that of one known to be current. */
    private <T> T verified(Function<RegistrySnapshot, T> question, Predicate<T> positive) {
        T answer = question.apply(registry.current());
        return positive.test(answer) ? answer : question.apply(registry.refresh());
    }
}
