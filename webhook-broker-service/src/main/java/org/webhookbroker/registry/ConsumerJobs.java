package org.webhookbroker.registry;

import org.jdbi.v3.core.Handle;

/** What the removal of a consumer needs from its jobs, which belong to a higher level than the registry. */
public interface ConsumerJobs {
    /** Called at each removal, also for a consumer with millions of delivered jobs, so it must be cheap. */
    JobCounts count(Handle handle, Consumer consumer);

    /** The most jobs that one call ends. */
    int BATCH = 1000;

    /** Ends some of the live and dead jobs, and returns their number. There may be others if it is at least the bound. */
    int endSome(Handle handle, Consumer consumer);
}
