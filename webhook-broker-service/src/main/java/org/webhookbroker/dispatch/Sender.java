package org.webhookbroker.dispatch;

/** Makes one attempt, and reports to {@link Lane#completed} when it has ended; may do so before it returns. Thread-safe. */
interface Sender {
    void send(Lane lane, HeldJob job);
}
