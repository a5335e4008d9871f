package org.webhookbroker.client;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Where time and chance come from.
 *
 * @param nanoTime as that of {@link System}
 * @param random from 0 to 1
 */
record Timing(LongSupplier nanoTime, Pause pause, DoubleSupplier random) {
    static final Timing SYSTEM = new Timing(
            System::nanoTime,
            (ended, nanos) -> ended.await(nanos, TimeUnit.NANOSECONDS),
            () -> ThreadLocalRandom.current().nextDouble());

    /** Waits so long, or until {@code ended}. */
    @FunctionalInterface
    interface Pause {
        /** True if it has ended. */
        boolean await(CountDownLatch ended, long nanos) throws InterruptedException;
    }

    long now() {
        return nanoTime.getAsLong();
    }
}
