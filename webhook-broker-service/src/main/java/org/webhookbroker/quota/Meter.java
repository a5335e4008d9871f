package org.webhookbroker.quota;

/** What is left of the quota of one key, producer or channel, or of one producer's share of a channel's. Not thread-safe. */
record Meter(Bucket messages, Bucket bytes) {
    /** Then it is as a new one, and may be forgotten. */
    boolean isFull(long now) {
        return messages.isFull(now) && bytes.isFull(now);
    }

    void take(long payload) {
        messages.take(1);
        bytes.take((double) payload);
    }
}
