package org.webhookbroker.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still but for the pauses, which take no time, and are written down. */
final class FakeTiming {
    final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000); // Wraps soon, as nanoTime may.

    void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }

    Timing timing() {
        return new Timing(
                now::get,
                (ended, nanos) -> {
                    if (Thread.interrupted()) { // As a real one.
                        throw new InterruptedException();
                    }
                    pauses.add(Duration.ofNanos(nanos));
                    now.addAndGet(nanos);
                    return ended.getCount() == 0;
                },
                () -> 0.5);
    }
}
