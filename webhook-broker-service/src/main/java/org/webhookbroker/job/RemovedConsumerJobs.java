package org.webhookbroker.job;

import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerJobs;
import org.webhookbroker.registry.JobCounts;

/** The jobs of a consumer that is to be removed. Thread-safe. */
public final class RemovedConsumerJobs implements ConsumerJobs {
    private final TallyStore tallies = new TallyStore();
    private final JobMoveStore moves = new JobMoveStore();

    /** Reads the counters, and counts only the jobs in flight. */
    @Override
    public JobCounts count(Handle handle, Consumer consumer) {
        Totals totals = tallies.of(handle, consumer.id());
        long inFlight = Math.min(totals.live(), inFlight(handle, consumer.id()));
        return new JobCounts(totals.live() - inFlight, inFlight, totals.delivered() - totals.archived(), totals.dead());
    }

    /**
     * Dead letters end too: nobody could list or requeue them any more, yet they would keep their messages from ever being
     * pruned. What is in flight ends as well, and its settlement finds no job. Delivered jobs stay, as history.
     */
    @Override
    public int endSome(Handle handle, Consumer consumer) {
        Tally tally = new Tally();
        int ended = moves.remove(handle, consumer.id(), BATCH, tally);
        tally.write(handle, Tally.COMMON);
        return ended;
    }

    private static long inFlight(Handle handle, Xid consumer) {
        return handle.createQuery("""
                        SELECT COUNT(*) FROM job FORCE INDEX (job_lease) WHERE consumer_id = :consumer AND holder > 0
                        """)
                .bind("consumer", consumer)
                .mapTo(Long.class)
                .one();
    }
}
