package org.webhookbroker.dispatch;

import org.webhookbroker.registry.Consumer;

/** Makes attempts. Reports the end of each to {@link Attempts#completed}, perhaps before {@link #send} returns. Thread-safe. */
interface Sender {
    void send(Lane lane, HeldJob job);

    /** Whether a consumer that has so many attempts under way may have one more, beside those of other consumers. */
    default boolean hasRoom(Consumer consumer, int underWay) {
        return true;
    }
}
