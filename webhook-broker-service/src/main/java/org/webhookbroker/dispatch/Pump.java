package org.webhookbroker.dispatch;

import java.util.concurrent.atomic.AtomicInteger;

/** Runs passes of some work, one at a time: a thread that comes during a pass only notes that one more is due. Thread-safe. */
final class Pump {
    private final AtomicInteger due = new AtomicInteger();
    private final Runnable pass;

    Pump(Runnable pass) {
        this.pass = pass;
    }

    void run() {
        if (due.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            pass.run();
            seen = due.addAndGet(-seen);
        } while (seen != 0);
    }
}
