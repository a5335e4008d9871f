package org.webhookbroker.quota;

import java.time.Duration;

/**
 * Places and memory for broadcasts that are held until consumers have room, shared by all channels: one channel may have as much as is still
 * free, so that there is always some for another. Thread-safe.
 */
final class HeldRequests {
    /** Each is a connection, or a stream of one. */
    static final int PLACES = 512;

    /** So that a channel with a full consumer goes on, if slowly. */
    static final Duration LONGEST = Duration.ofSeconds(1);

    private final long bytes;
    private int held;
    private long heldBytes;

    /** @param bytes of their payloads, and one payload more */
    HeldRequests(long bytes) {
        this.bytes = bytes;
    }

    /**
     * @param ofChannel how many the channel has already
     * @param bytesOfChannel of their payloads
     */
    synchronized boolean hasRoom(int ofChannel, long bytesOfChannel) {
        return ofChannel < PLACES - held && bytesOfChannel < bytes - heldBytes;
    }

    synchronized boolean enter(int ofChannel, long bytesOfChannel, long payload) {
        if (!hasRoom(ofChannel, bytesOfChannel)) {
            return false;
        }
        held++;
        heldBytes += payload;
        return true;
    }

    synchronized void leave(long payload) {
        held--;
        heldBytes -= payload;
    }

    synchronized int count() {
        return held;
    }
}
