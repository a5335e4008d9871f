package org.webhookbroker.background;

import java.time.Duration;

/** A timed wait that others can end early; a wake-up that comes before the wait is not lost. Thread-safe. */
final class Waiter {
    private boolean woken;

    synchronized void await(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos(); !woken && left > 0; left = deadline - System.nanoTime()) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        woken = false;
    }

    synchronized void wake() {
        woken = true;
        notifyAll();
    }
}
