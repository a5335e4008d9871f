package org.webhookbroker.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.webhookbroker.http.server.Refusal;

/**
 * Bounds the number and the time of requests that go through all dead letters or jobs of a consumer, which may be millions. Each
 * holds a thread of the server and, now and then, a connection of the database. Thread-safe.
 */
final class BulkTurns {
    private static final int AT_ONCE = 4;

    private final Semaphore turns = new Semaphore(AT_ONCE, true);
    private final Duration longest;

    /** @param longest such a request ends after this time, however much is left */
    BulkTurns(Duration longest) {
        this.longest = longest;
    }

    /**
     * As {@link #take}.
     *
     * @throws Refusal 503 if no turn is free
     */
    <T> T takeOrRefuse(Function<BooleanSupplier, T> work) throws InterruptedException {
        return take(work)
                .orElseThrow(() -> Refusal.tryAgain(
                        "too many requests for all jobs of a consumer run on this node: nothing was done, try again"));
    }

    /**
     * Does the work on this thread. The work asks, after each step, whether there is time for another. Empty if no turn is free
     * within a second: then nothing is done.
     */
    <T> Optional<T> take(Function<BooleanSupplier, T> work) throws InterruptedException {
        if (!turns.tryAcquire(1, TimeUnit.SECONDS)) {
            return Optional.empty();
        }
        try {
            long start = System.nanoTime();
            return Optional.of(work.apply(() -> System.nanoTime() - start < longest.toNanos()));
        } finally {
            turns.release();
        }
    }
}
