package org.webhookbroker.message;

import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;

/**
 * Takes drafts from request threads, and lets a few writers commit all that waits in one transaction (G1). Answers come when
 * they are committed, so callers wait without a thread. Thread-safe.
 */
public final class GroupCommit<T extends Draft> implements Managed {
    private final IntakeQueue<T> queue;
    private final LongAdder accepted = new LongAdder();
    private final List<BackgroundLoop> loops = new ArrayList<>();

    /**
     * @param capacity drafts that may wait for a transaction
     * @param writers threads that commit
     */
    public GroupCommit(String name, Database database, GroupTarget<T> target, int capacity, int writers) {
        queue = new IntakeQueue<>(capacity, target::jobs);
        for (int i = 1; i <= writers; i++) {
            loops.add(new BackgroundLoop(
                    name + "-" + i, Duration.ZERO, new IntakeWriter<>(database, queue, target, accepted)));
        }
    }

    public CompletableFuture<Receipt> submit(T draft) {
        Submission<T> submission = new Submission<>(draft);
        if (!queue.offer(submission)) {
            submission.receipt.complete(Receipt.OVERLOADED);
        }
        return submission.receipt;
    }

    /** For health checks. */
    public List<BackgroundLoop> loops() {
        return loops;
    }

    /** Stored since the start. */
    public long accepted() {
        return accepted.sum();
    }

    public int waiting() {
        return queue.size();
    }

    @Override
    public void start() {
        loops.forEach(BackgroundLoop::start);
    }

    /** What no transaction will take any more is answered. */
    @Override
    public void stop() throws InterruptedException {
        for (BackgroundLoop loop : loops) {
            loop.stop();
        }
        queue.close().forEach(submission -> submission.receipt.complete(Receipt.UNAVAILABLE));
    }
}
