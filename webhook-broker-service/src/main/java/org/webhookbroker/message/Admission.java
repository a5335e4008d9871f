package org.webhookbroker.message;

import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.registry.Consumer;

/** Which new jobs this node takes at once, to deliver them from memory after the commit. Thread-safe, never blocks. */
public interface Admission {
    /** Reserves room for a job; false leaves it to the queue in the database. */
    boolean reserve(Consumer consumer, Content content);

    /** Gives a reservation back: the job was not committed as ours. */
    void cancel(Consumer consumer, Content content);

    /** The reserved job is committed and held by this node: deliver it. */
    void admit(Consumer consumer, LeasedJob job, Message message);

    /** A job is committed and waits in the database. */
    void queued(Consumer consumer, int priority);

    /** It is not known whether the reserved job was committed as held by this node: release it if so, then its reservation. */
    void abandon(LeasedJob job);
}
