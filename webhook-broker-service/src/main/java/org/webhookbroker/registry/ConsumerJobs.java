package org.webhookbroker.registry;

import org.jdbi.v3.core.Handle;

/** What removing a consumer needs to know of its jobs, which live a level above the registry. */
public interface ConsumerJobs {
    /** Asked at each removal, also of a consumer with millions of delivered jobs: must be cheap. */
    JobCounts count(Handle handle, Consumer consumer);

    /** No more than this is ended at once. */
    int BATCH = 1000;

    /** Ends some of the live and dead jobs, and returns how many; as many as the bound or more if there may be others. */
    int endSome(Handle handle, Consumer consumer);
}
