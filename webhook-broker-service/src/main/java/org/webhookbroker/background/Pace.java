package org.webhookbroker.background;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Says when something may be done again that should take no more than a small part of the time, whatever it costs. Thread-safe.
 */
public final class Pace {
    /** So it takes a fiftieth of the time at most. */
    private static final int RESTS = 50;

    /** As much more than twice the mean counts of a single measurement, so that a stall hardly moves the mean. */
    private static final long STEP = 1_000_000;

    private final long shortest;
    private final long longest;
    private final LongSupplier nanoTime;
    private volatile long next;
    private volatile long plain;

    /**
     * @param shortest rest: one that would be shorter is none, for loops that rest by themselves
     * @param longest rest: what takes more than a fiftieth of it takes more than a fiftieth of the time
     */
    public Pace(Duration shortest, Duration longest, LongSupplier nanoTime) {
        this.shortest = shortest.toNanos();
        this.longest = longest.toNanos();
        this.nanoTime = nanoTime;
        this.next = nanoTime.getAsLong();
    }

    public long now() {
        return nanoTime.getAsLong();
    }

    /** Whether it may be done now. Several threads may do it at the same time. */
    public boolean isDue() {
        return now() - next >= 0;
    }

    public void took(long nanos) {
        next = now() + restAfter(nanos);
    }

    /** Whether what took this long is followed by no rest. */
    public boolean isCheap(long nanos) {
        return restAfter(nanos) == 0;
    }

    private long restAfter(long nanos) {
        long rest = Math.min(Math.max(0, nanos - plain) * RESTS, longest);
        return rest < shortest ? 0 : rest;
    }

    /** How long the same took where nothing made it costly, such as the way to the database: the mean of that is not counted. */
    public void tookPlainly(long nanos) {
        long before = plain;
        plain = before + (Math.min(nanos, 2 * before + STEP) - before) / 16;
    }

    /** Does it. What fails is followed by no rest. */
    public <T> T measure(Supplier<T> work) {
        long start = now();
        T result = work.get();
        took(now() - start);
        return result;
    }
}
