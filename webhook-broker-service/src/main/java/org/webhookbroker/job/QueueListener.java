package org.webhookbroker.job;

import org.webhookbroker.registry.Consumer;

/** Told, after the commit, of jobs that wait in the database. Thread-safe, never blocks. */
public interface QueueListener {
    /** The consumer has a due job of this priority in the database. */
    void queued(Consumer consumer, int priority);
}
