package org.webhookbroker.testing;

import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.message.Admission;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.registry.Consumer;

/** A node that delivers nothing: all jobs wait in the database. */
public class QueueEverything implements Admission {
    @Override
    public boolean reserve(Consumer consumer, Content content) {
        return false;
    }

    @Override
    public void cancel(Consumer consumer, Content content) {}

    @Override
    public void admit(Consumer consumer, LeasedJob job, Message message) {}

    @Override
    public void queued(Consumer consumer, int priority) {}

    @Override
    public void abandon(LeasedJob job) {}
}
