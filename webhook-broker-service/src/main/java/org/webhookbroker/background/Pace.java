package org.webhookbroker.background;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Says when something may be done again that should take no more than a small part of the time, whatever it costs. Thread-safe.
 */
public final class Pace {
    /** So it takes a fiftieth of the time at most. */
    private static final int RESTS = 50;

    private static final long CLAIM = Duration.ofSeconds(1).toNanos();

    private final long shortest;
    private final long longest;
    private final LongSupplier nanoTime;
    private final AtomicLong next;

    /**
     * @param shortest rest: one that would be shorter is none, for loops that rest by themselves
     * @param longest rest: what takes more than a fiftieth of it takes more than a fiftieth of the time
     */
    public Pace(Duration shortest, Duration longest, LongSupplier nanoTime) {
        this.shortest = shortest.toNanos();
        this.longest = longest.toNanos();
        this.nanoTime = nanoTime;
        this.next = new AtomicLong(nanoTime.getAsLong());
    }

    public long now() {
        return nanoTime.getAsLong();
    }

    /** Whether it may be done now. If so the caller tells how long it took; should it fail to, the next may come after a second. */
    public boolean begin() {
        long now = now();
        long due = next.get();
        return now - due >= 0 && next.compareAndSet(due, now + CLAIM);
    }

    public void took(long nanos) {
        long rest = Math.min(nanos * RESTS, longest);
        next.set(now() + (rest < shortest ? 0 : rest));
    }

    /** Does it, once it was begun. What fails needs no rest: it is tried again soon enough. */
    public <T> T measure(Supplier<T> work) {
        long start = now();
        next.set(start);
        T result = work.get();
        took(now() - start);
        return result;
    }
}
