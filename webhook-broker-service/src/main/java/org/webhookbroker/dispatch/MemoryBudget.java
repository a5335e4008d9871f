package org.webhookbroker.dispatch;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of messages that all lanes together may hold. A lane may never hold more than what is still free, the dynamic
 * threshold of shared-memory switches (Choudhury and Hahne, 1998): however many lanes are stuck with all that they may hold,
 * something is left for a healthy one. A lane that holds nothing may exceed the limit by one job, so that a large message
 * does not wait for ever. Thread-safe.
 */
final class MemoryBudget {
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    MemoryBudget(long limit) {
        this.limit = limit;
    }

    /** @param laneBytes what the asking lane holds already */
    boolean tryAcquire(long laneBytes, long size) {
        while (true) {
            long before = used.get();
            boolean fits = laneBytes + size <= limit - before;
            boolean firstOfLane = laneBytes == 0 && before <= limit;
            if (!fits && !firstOfLane) {
                return false;
            }
            if (used.compareAndSet(before, before + size)) {
                return true;
            }
        }
    }

    void release(long size) {
        used.addAndGet(-size);
    }

    long used() {
        return used.get();
    }
}
