package org.webhookbroker.registry;

import org.jdbi.v3.core.Handle;

/** What removing a consumer needs to know of its jobs, which live a level above the registry. */
public interface ConsumerJobs {
    /** Asked at each removal, also of a consumer with millions of delivered jobs: must be cheap. */
    JobCounts count(Handle handle, Consumer consumer);

    /** Ends some of the live and dead jobs, in bounded work. False when it found none. */
    boolean endSome(Handle handle, Consumer consumer);
}
