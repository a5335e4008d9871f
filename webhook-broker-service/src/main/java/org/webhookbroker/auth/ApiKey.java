package org.webhookbroker.auth;

import java.time.Instant;
import java.util.Optional;
import org.webhookbroker.database.Xid;

/**
 * A key as this node knows it: never its text, of which nothing but a hash is kept.
 *
 * @param channels whose ids it covers; those of producers too, where it may {@linkplain Role#REGISTER register}
 * @param producer the only one in whose name it may broadcast; empty: any
 */
public record ApiKey(
        Xid id,
        String name,
        Role role,
        ChannelScope channels,
        Optional<String> producer,
        Instant createdAt,
        Optional<Instant> endsAt) {
    /** On what its {@link #channels} cover; a role that is not for channels covers all. */
    public boolean may(Role wanted) {
        return role.includes(wanted);
    }

    /** Whether it may broadcast in the name of this producer, to a channel that it covers. */
    public boolean maySendAs(String producerId) {
        return producer.map(producerId::equals).orElse(true);
    }

    public boolean hasEnded(Instant now) {
        return endsAt.map(end -> !now.isBefore(end)).orElse(false);
    }

    @Override
    public String toString() {
        return "key " + id + " (" + name + ")";
    }
}
