package org.webhookbroker.message;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Looping;
import org.webhookbroker.database.Database;

/**
 * Takes drafts from request threads, and lets one writer commit all that waits in one transaction (G1): a second writer would
 * make smaller groups, which cost the database more. Answers come when they are committed, so callers wait without a thread.
 * Thread-safe.
 */
public final class GroupCommit<T extends Draft> implements Looping {
    private final IntakeQueue<T> queue;
    private final LongAdder accepted = new LongAdder();
    private final BackgroundLoop writer;

    /** @param capacity drafts that may wait for a transaction */
    public GroupCommit(String name, Database database, GroupTarget<T> target, int capacity) {
        queue = new IntakeQueue<>(capacity, target::jobs, IntakeQueue.Pause.SHORT);
        writer = new BackgroundLoop(name, Duration.ZERO, new IntakeWriter<>(database, queue, target, accepted));
    }

    public CompletableFuture<BroadcastResult> submit(T draft) {
        Submission<T> submission = new Submission<>(draft);
        if (!queue.offer(submission)) {
            submission.result.complete(BroadcastResult.OVERLOADED);
        }
        return submission.result;
    }

    @Override
    public List<BackgroundLoop> loops() {
        return List.of(writer);
    }

    /** Stored since the start. */
    public long accepted() {
        return accepted.sum();
    }

    public int waiting() {
        return queue.size();
    }

    /** Answers the drafts that no transaction will take any more. */
    @Override
    public void stop() throws InterruptedException {
        writer.stop();
        queue.close().forEach(submission -> submission.result.complete(BroadcastResult.UNAVAILABLE));
    }
}
