package org.webhookbroker.message;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of request bodies that may be in memory between the first byte read and the commit (G8). Reserved before reading.
 * Thread-safe.
 */
public final class IntakeBudget {
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    public IntakeBudget(long limit) {
        this.limit = limit;
    }

    public boolean tryReserve(long bytes) {
        long before = used.get();
        while (before + bytes <= limit) {
            if (used.compareAndSet(before, before + bytes)) {
                return true;
            }
            before = used.get();
        }
        return false;
    }

    public void release(long bytes) {
        used.addAndGet(-bytes);
    }

    public long used() {
        return used.get();
    }
}
