package org.webhookbroker.message;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of payloads that may be in memory at once: those of requests from the first byte read until the commit, or those of
 * answers (G8). Nobody waits for room: who finds none is refused, so that bodies that have arrived in part can not wait for each
 * other. An eighth is kept for small steps, so that small payloads pass while large ones fill the rest. Thread-safe.
 */
public final class PayloadBudget {
    /** Largest step that may take from what is kept. */
    static final int SMALL = 64 << 10;

    private static final int KEPT_SHARE = 8;

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    public PayloadBudget(long limit) {
        this.limit = limit;
    }

    public boolean tryReserve(long bytes) {
        long bound = bytes <= SMALL ? limit : limit - limit / KEPT_SHARE;
        long before = used.get();
        while (before + bytes <= bound) {
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
