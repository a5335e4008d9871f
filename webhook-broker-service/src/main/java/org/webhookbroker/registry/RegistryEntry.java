package org.webhookbroker.registry;

import java.time.Instant;
import org.webhookbroker.database.Xid;
import org.webhookbroker.secrets.SealedRow;

/** What producers, channels and consumers have in common. */
public sealed interface RegistryEntry permits Producer, Channel, Consumer {
    Xid id();

    String publicId();

    String name();

    String token();

    /** False if its secrets cannot be read from the database by this node, which then can neither check its token nor call it. */
    default boolean isReadable() {
        return !token().equals(SealedRow.UNREADABLE);
    }

    Instant createdAt();

    Instant changedAt();
}
