package org.webhookbroker.registry;

import java.time.Instant;
import org.webhookbroker.database.Xid;

/** A named highway: every consumer of it gets every message broadcast to it. */
public record Channel(Xid id, String publicId, String name, String token, Instant createdAt, Instant changedAt)
        implements RegistryEntry {
    /** Without the token, which must not reach a log. */
    @Override
    public String toString() {
        return "Channel " + publicId;
    }
}
