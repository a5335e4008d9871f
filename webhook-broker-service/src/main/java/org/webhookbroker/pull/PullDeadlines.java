package org.webhookbroker.pull;

import java.time.Duration;
import org.webhookbroker.job.RetryPolicy;
import org.webhookbroker.job.WaitingLine;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;

/**
 * How long a pull consumer may take, and what becomes of a job that timed out (contract 5.6 and 6.4).
 *
 * @param lease of a job that was taken by its id, before what its consumer adds
 * @param rational how much later than its backoff a last call dies
 */
record PullDeadlines(Duration lease, Duration rational, RetryPolicy retryPolicy) {
    /** The line in which a job waits next, and how long: until it may be taken or, as a last call, until it dies. */
    record Next(WaitingLine line, Duration delay) {}

    RetryPolicy policy(Consumer consumer) {
        return retryPolicy.with(consumer.retries());
    }

    boolean isExhausted(Consumer consumer, int failed) {
        return failed >= policy(consumer).maxRetries();
    }

    /**
     * A pull consumer sees the job again at once. One that became a push consumer meanwhile is called after the usual delay,
     * however often the job has failed: nobody has tried to push it.
     */
    Next afterTimeout(Consumer consumer, int failed) {
        Duration backoff = policy(consumer).scheduled(failed);
        if (consumer.type() == ConsumerType.PUSH) {
            return new Next(WaitingLine.RETRY, backoff);
        }
        return isExhausted(consumer, failed)
                ? new Next(WaitingLine.LAST_CALL, backoff.plus(rational))
                : new Next(WaitingLine.RETRY, Duration.ZERO);
    }
}
