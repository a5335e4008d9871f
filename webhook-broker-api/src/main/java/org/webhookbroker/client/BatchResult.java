package org.webhookbroker.client;

import org.jspecify.annotations.Nullable;

/**
 * What became of one message of a batch: exactly one of {@code result} and {@code failure} is there.
 *
 * @param failure why the broker does not have the message, or perhaps not: see {@link BrokerException#status}
 */
public record BatchResult(
        String messageId,
        @Nullable BroadcastResult result,
        @Nullable BrokerException failure) {
    /** Whether the broker has the message. */
    public boolean isStored() {
        return failure == null;
    }
}
