package org.webhookbroker.dispatch;

import org.webhookbroker.registry.Consumer;

/** Makes one attempt, and reports to {@link Lane#completed} when it has ended; may do so before it returns. Thread-safe. */
interface Sender {
    void send(Lane lane, HeldJob job);

    /** Whether a consumer with so many attempts under way may have another beside those of others. */
    default boolean hasRoom(Consumer consumer, int underWay) {
        return true;
    }
}
