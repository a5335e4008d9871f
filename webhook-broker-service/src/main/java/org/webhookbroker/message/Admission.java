package org.webhookbroker.message;

import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.QueueListener;
import org.webhookbroker.registry.Consumer;

/** Decides which new jobs this node takes at once, to deliver them from memory after the commit. Thread-safe, never blocks. */
public interface Admission extends QueueListener {
    /** Reserves room for a job. If false, the job waits in the database. */
    boolean reserve(Consumer consumer, Content content);

    /** Gives the room back: the job was not committed as held by this node. */
    void cancel(Consumer consumer, Content content);

    /** The reserved job is committed and held by this node: deliver it. */
    void admit(Consumer consumer, LeasedJob job, Message message);

    /** Nobody knows whether the job was committed as held by this node: releases it if it was, and then gives its room back. */
    void abandon(LeasedJob job);
}
