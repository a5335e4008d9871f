package org.webhookbroker.registry;

import java.time.Instant;
import org.webhookbroker.audit.Target;
import org.webhookbroker.database.Xid;

/** A service that receives the messages of one channel. Its public id is unique within the channel only. */
public record Consumer(
        Xid id,
        Channel channel,
        String publicId,
        String name,
        String token,
        String callbackUrl,
        ConsumerType type,
        Retries retries,
        Signing signing,
        ConsumerRoute route,
        Instant createdAt,
        Instant changedAt)
        implements RegistryEntry {
    /** Of what the channel is now. */
    Consumer of(Channel now) {
        return now.equals(channel)
                ? this
                : new Consumer(
                        id,
                        now,
                        publicId,
                        name,
                        token,
                        callbackUrl,
                        type,
                        retries,
                        signing,
                        route,
                        createdAt,
                        changedAt);
    }

    /** Whether this node sends it what is due; otherwise it takes that itself, or other nodes send it. */
    public boolean isCalled() {
        return type == ConsumerType.PUSH && isReadable();
    }

    /** As the record of what was done names it. */
    public Target target() {
        return Target.consumer(channel.publicId(), publicId);
    }

    /** Without the token, which must not reach a log. */
    @Override
    public String toString() {
        return "Consumer " + publicId + " of " + channel;
    }
}
