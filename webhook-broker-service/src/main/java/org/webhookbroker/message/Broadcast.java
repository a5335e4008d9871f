package org.webhookbroker.message;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;

/** Where messages enter. Answers come when they are committed, so callers wait without a thread. Thread-safe. */
public final class Broadcast {
    private final IntakeQueue queue;
    private final LongAdder accepted;

    /** @param accepted counted up by the writers */
    Broadcast(IntakeQueue queue, LongAdder accepted) {
        this.queue = queue;
        this.accepted = accepted;
    }

    public CompletableFuture<Receipt> submit(Channel channel, Producer producer, String publicId, Content content) {
        Submission submission = new Submission(channel, producer, publicId, content);
        if (!queue.offer(submission)) {
            submission.receipt.complete(Receipt.OVERLOADED);
        }
        return submission.receipt;
    }

    /** Once no writer is left: answers what waits, and refuses what comes. */
    void close() {
        queue.close().forEach(submission -> submission.receipt.complete(Receipt.UNAVAILABLE));
    }

    /** Messages stored since the start. */
    public long accepted() {
        return accepted.sum();
    }

    public int waiting() {
        return queue.size();
    }
}
