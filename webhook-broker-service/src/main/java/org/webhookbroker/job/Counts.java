package org.webhookbroker.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is to be added to the counters of one owner. Not thread-safe. */
final class Counts {
    private static final int COUNTERS = Counter.ALL.size();

    private final long[] counts = new long[COUNTERS];
    private @Nullable Instant firstDelivered;
    private @Nullable Instant lastDelivered;

    long of(Counter counter) {
        return counts[counter.code()];
    }

    void add(Counter counter, long count) {
        counts[counter.code()] += count;
    }

    void deliveredAt(Instant time) {
        if (firstDelivered == null || time.isBefore(firstDelivered)) {
            firstDelivered = time;
        }
        if (lastDelivered == null || time.isAfter(lastDelivered)) {
            lastDelivered = time;
        }
    }

    /** Null for what is delivered now. */
    @Nullable
    Instant firstDelivered() {
        return firstDelivered;
    }

    @Nullable
    Instant lastDelivered() {
        return lastDelivered;
    }
}
