package org.webhookbroker.message;

import java.util.concurrent.CompletableFuture;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;

/** Where messages enter. Answers come when they are committed, so callers wait without a thread. Thread-safe. */
public final class Broadcast {
    private final IntakeQueue queue;

    Broadcast(IntakeQueue queue) {
        this.queue = queue;
    }

    public CompletableFuture<Receipt> submit(Channel channel, Producer producer, String publicId, Content content) {
        Submission submission = new Submission(channel, producer, publicId, content);
        if (!queue.offer(submission)) {
            submission.receipt.complete(Receipt.OVERLOADED);
        }
        return submission.receipt;
    }

    public int waiting() {
        return queue.size();
    }
}
