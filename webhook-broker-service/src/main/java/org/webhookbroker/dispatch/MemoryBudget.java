package org.webhookbroker.dispatch;

import org.webhookbroker.background.ByteBudget;

/**
 * Bytes of messages that all lanes together may hold. Each lane has 32 KiB of its own, with which it goes on however many others are
 * stuck. Beyond these it may have a quarter of what is still free, so that the first lanes that are stuck do not take all: this is
 * the dynamic threshold of shared-memory switches (Choudhury and Hahne, 1998). A lane that holds nothing may exceed it by one job, so
 * that a large message does not wait for ever. Thread-safe.
 */
final class MemoryBudget {
    static final long OWN = 32 << 10;

    private static final int SHARE = 4;

    private final long limit;
    private final ByteBudget shared;

    MemoryBudget(long limit) {
        this.limit = limit;
        this.shared = ByteBudget.of(limit);
    }

    /** @param laneBytes what the asking lane holds already */
    boolean tryAcquire(long laneBytes, long size) {
        long more = beyondOwn(laneBytes + size) - beyondOwn(laneBytes);
        return more == 0
                || shared.tryReserve(
                        more,
                        used -> beyondOwn(laneBytes + size) <= (limit - used) / SHARE
                                || (laneBytes == 0 && used <= limit));
    }

    /** @param laneBytes what the lane held before */
    void release(long laneBytes, long size) {
        shared.release(beyondOwn(laneBytes) - beyondOwn(laneBytes - size));
    }

    private static long beyondOwn(long laneBytes) {
        return Math.max(0, laneBytes - OWN);
    }

    long limit() {
        return limit;
    }

    /** Bytes in use, without those that the lanes have of their own. */
    long shared() {
        return shared.used();
    }
}
