package org.webhookbroker.auth;

import java.time.Instant;
import java.util.Optional;
import org.webhookbroker.database.Xid;

/** A key as this node knows it: never its text, of which nothing but a hash is kept. */
public record ApiKey(
        Xid id, String name, Role role, ChannelScope channels, Instant createdAt, Optional<Instant> endsAt) {
    /** Whether it is of this role, and covers the channel. */
    public boolean may(Role wanted, String channelId) {
        return role == Role.ADMIN || (role == wanted && channels.covers(channelId));
    }

    @Override
    public String toString() {
        return "key " + id + " (" + name + ")";
    }
}
