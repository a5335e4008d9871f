package org.webhookbroker.registry;

import java.time.Instant;
import org.webhookbroker.database.Xid;

/** A client that broadcasts messages. {@code publicId} is the id users write, {@code id} the internal key. */
public record Producer(Xid id, String publicId, String name, String token, Instant createdAt, Instant changedAt)
        implements RegistryEntry {
    /** Without the token, which must not reach a log. */
    @Override
    public String toString() {
        return "Producer " + publicId;
    }
}
