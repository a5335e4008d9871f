package org.webhookbroker.pull;

import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.message.Admission;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.registry.Consumer;

/** Tells requests that wait for jobs of those that were queued; all else is a matter of push consumers. */
record PullAdmission(Admission push, PullWaiters waiters) implements Admission {
    @Override
    public boolean reserve(Consumer consumer, Content content) {
        return push.reserve(consumer, content);
    }

    @Override
    public void cancel(Consumer consumer, Content content) {
        push.cancel(consumer, content);
    }

    @Override
    public void admit(Consumer consumer, LeasedJob job, Message message) {
        push.admit(consumer, job, message);
    }

    @Override
    public void queued(Consumer consumer, int priority) {
        push.queued(consumer, priority);
        waiters.queued(consumer.id());
    }

    @Override
    public void abandon(LeasedJob job) {
        push.abandon(job);
    }
}
