package org.webhookbroker.job;

import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerJobs;
import org.webhookbroker.registry.JobCounts;

/** The jobs of a consumer that is to be removed. Thread-safe. */
public final class RemovedConsumerJobs implements ConsumerJobs {
    /** The common row of the counters: removals are rare, and an incarnation's own may end meanwhile. */
    private static final int COMMON = 0;

    private final TallyStore tallies = new TallyStore();

    /** From the counters, but for what is in flight. */
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
        int live = endLive(handle, consumer.id());
        int dead = endDead(handle, consumer.id());
        if (live + dead > 0) {
            new Tally()
                    .dead(consumer.id(), -dead)
                    .removed(consumer.id(), live + dead)
                    .write(handle, COMMON);
        }
        return live + dead;
    }

    private static long inFlight(Handle handle, Xid consumer) {
        return handle.createQuery("SELECT COUNT(*) FROM job WHERE consumer_id = :consumer AND holder > 0")
                .bind("consumer", consumer)
                .mapTo(Long.class)
                .one();
    }

    private static int endLive(Handle handle, Xid consumer) {
        return handle.createUpdate("DELETE FROM job WHERE consumer_id = :consumer LIMIT :batch")
                .bind("consumer", consumer)
                .bind("batch", BATCH)
                .execute();
    }

    private static int endDead(Handle handle, Xid consumer) {
        return handle.createUpdate("DELETE FROM dead_job WHERE consumer_id = :consumer LIMIT :batch")
                .bind("consumer", consumer)
                .bind("batch", BATCH)
                .execute();
    }
}
