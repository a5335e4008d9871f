package org.webhookbroker.ops;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** How fast jobs are requeued: in small portions, each followed by a pause that makes up the rate. */
record Pace(int portion, Duration pause) {
    private static final int LARGEST_PORTION = 1000;
    private static final int PORTIONS_PER_SECOND = 10;

    /** As fast as the database takes them. */
    static Pace unlimited() {
        return new Pace(LARGEST_PORTION, Duration.ZERO);
    }

    static Pace perSecond(int rate) {
        int portion = Math.min(LARGEST_PORTION, Math.max(1, rate / PORTIONS_PER_SECOND));
        return new Pace(portion, Duration.ofSeconds(portion).dividedBy(rate));
    }

    /** Returns early when the thread is interrupted, and leaves its interrupt flag set. */
    static void await(Duration pause) {
        long deadline = System.nanoTime() + pause.toNanos();
        for (long left = pause.toNanos();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
