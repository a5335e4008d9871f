package org.webhookbroker.registry;

import java.time.Instant;
import org.webhookbroker.database.Xid;

/** What producers, channels and consumers have in common. */
public sealed interface RegistryEntry permits Producer, Channel, Consumer {
    Xid id();

    String publicId();

    String name();

    String token();

    Instant createdAt();

    Instant changedAt();
}
