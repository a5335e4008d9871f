package org.webhookbroker.database;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** Makes ids that only grow, also when the clock steps back. Thread-safe. */
public final class XidGenerator {
    private static final int COUNTER_BITS = 24;
    private static final int COUNTER_MASK = (1 << COUNTER_BITS) - 1;

    private final InstantSource clock;
    private final long random = new SecureRandom().nextLong() & 0xFF_FFFF_FFFFL;
    /** Seconds and counter of the next free id, as one number. */
    private final AtomicLong next = new AtomicLong();

    public XidGenerator(InstantSource clock) {
        this.clock = clock;
    }

    public Xid next() {
        return block(1);
    }

    /**
     * Reserves {@code size} neighbouring ids and returns the first; the others are {@link Xid#plus}. A message and its jobs
     * take one block, so that "the jobs of this message" is a range of the primary key and needs no index.
     */
    public Xid block(int size) {
        if (size < 1 || size > COUNTER_MASK) {
            throw new IllegalArgumentException("A block holds 1 to " + COUNTER_MASK + " ids, not " + size);
        }
        long now = (clock.millis() / 1000) << COUNTER_BITS;
        long first = next.getAndUpdate(previous -> start(Math.max(previous, now), size) + size);
        return at(start(Math.max(first, now), size));
    }

    /** A block does not cross a second: its ids must differ in the counter alone. */
    private static long start(long candidate, int size) {
        boolean fits = (candidate & COUNTER_MASK) + size <= COUNTER_MASK;
        return fits ? candidate : (candidate | COUNTER_MASK) + 1;
    }

    private Xid at(long position) {
        long seconds = (position >>> COUNTER_BITS) & 0xFFFF_FFFFL;
        int counter = (int) position & COUNTER_MASK;
        return new Xid((seconds << 32) | (random >>> 8), ((int) (random & 0xFF) << COUNTER_BITS) | counter);
    }
}
