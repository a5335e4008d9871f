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
    /** What is not of one channel. */
    public boolean may(Role wanted) {
        return role.includes(wanted);
    }

    /** @param id of a channel, or of a producer that is to be registered */
    public boolean may(Role wanted, String id) {
        return role.includes(wanted) && channels.covers(id);
    }

    /** Whether it may broadcast in the name of this producer, to a channel that it {@linkplain #may covers}. */
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
