package org.webhookbroker.quota;

import java.time.Duration;

/**
 * Places and memory for broadcasts that are held until consumers have room, shared by all channels: one channel may have as much as is still
 * free, so one alone leaves some to others. Two with the largest payloads, or ten with many, leave none. Thread-safe.
 */
final class HeldRequests {
    /** Each is a connection, or a stream of one. */
    static final int PLACES = 512;

    /** So that a channel with a full consumer goes on, if slowly. */
    static final Duration LONGEST = Duration.ofSeconds(1);

    private final long bytes;
    private int held;
    private long heldBytes;

    /** @param bytes of their payloads, and two payloads more */
    HeldRequests(long bytes) {
        this.bytes = bytes;
    }

    /**
     * @param ofChannel how many the channel has already
     * @param bytesOfChannel the sum of their charges, see {@link #charge}
     */
    synchronized boolean hasRoom(int ofChannel, long bytesOfChannel) {
        return ofChannel < PLACES - held && bytesOfChannel < bytes - heldBytes;
    }

    /** What a payload counts for: one alone never fills the memory, whatever its size. */
    long charge(long payload) {
        return Math.min(payload, bytes / 2);
    }

    synchronized boolean enter(int ofChannel, long bytesOfChannel, long charge) {
        if (!hasRoom(ofChannel, bytesOfChannel)) {
            return false;
        }
        held++;
        heldBytes += charge;
        return true;
    }

    synchronized void leave(long charge) {
        held--;
        heldBytes -= charge;
    }

    synchronized int count() {
        return held;
    }
}
