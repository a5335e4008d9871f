package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Xid;
import org.webhookbroker.dispatch.HoldingStore.Holding;
import org.webhookbroker.job.JobMoveStore;
import org.webhookbroker.job.JobStore;
import org.webhookbroker.job.Tally;
import org.webhookbroker.job.TallyStore;

/** Finds incarnations that fell silent, and gives their jobs back to the queue. */
final class RescueStore {
    private static final int BATCH = 1000;

    private final TallyStore tallies = new TallyStore();
    private final JobStore jobs = new JobStore();
    private final JobMoveStore moves = new JobMoveStore();

    List<Integer> silentIncarnations(Handle handle, Duration timeout) {
        return handle.createQuery("""
                        SELECT id FROM incarnation
                        WHERE NOT ended AND seen_at < UTC_TIMESTAMP(6) - INTERVAL :timeout MICROSECOND
                        """)
                .bind("timeout", timeout.toNanos() / 1000)
                .mapTo(Integer.class)
                .list();
    }

    /** Ends the incarnation, unless it was heard of meanwhile. Once ended, it can write nothing more. */
    void endIfSilent(Handle handle, int incarnation, Duration timeout) {
        handle.createUpdate("""
                        UPDATE incarnation SET ended = TRUE WHERE id = :id AND NOT ended
                          AND seen_at < UTC_TIMESTAMP(6) - INTERVAL :timeout MICROSECOND
                        """)
                .bind("id", incarnation)
                .bind("timeout", timeout.toNanos() / 1000)
                .execute();
    }

    Set<Integer> liveIncarnations(Handle handle) {
        return handle.createQuery("SELECT id FROM incarnation WHERE NOT ended")
                .mapTo(Integer.class)
                .collect(Collectors.toSet());
    }

    List<Integer> endedIncarnations(Handle handle) {
        return handle.createQuery("SELECT id FROM incarnation WHERE ended ORDER BY id")
                .mapTo(Integer.class)
                .list();
    }

    /**
     * @param found how many jobs were still held when they were read
     * @param moved how many of them nobody else had moved or ended since then
     */
    record Batch(int found, int moved) {
        boolean isLast() {
            return found < BATCH;
        }
    }

    /**
     * Queues up to 1,000 jobs of an ended incarnation again, marked as possible repeats. A job that was held by
     * {@code maxTakeovers} incarnations that died may be what killed them, and is buried (G5). Read first without locks, as the walk
     * past what is gone is much cheaper so; whoever ended gets no more jobs.
     */
    Batch rescue(Handle handle, Holding holding, int maxTakeovers, int counter) {
        List<Xid> held = handle.createQuery("""
                        SELECT id FROM job FORCE INDEX (job_lease) WHERE consumer_id = :consumer AND holder = :holder
                        LIMIT :limit
                        """)
                .bind("consumer", holding.consumer())
                .bind("holder", holding.holder())
                .bind("limit", BATCH)
                .mapTo(Xid.class)
                .list();
        if (held.isEmpty()) {
            return new Batch(0, 0);
        }
        Tally tally = new Tally();
        int buried = moves.buryKillers(handle, holding.holder(), held, maxTakeovers, tally);
        tally.write(handle, counter);
        int queued = jobs.takeOver(handle, holding.holder(), held);
        return new Batch(held.size(), buried + queued);
    }

    /**
     * Forgets an ended incarnation that holds nothing any more. The lock makes nodes take turns: the fold reads without
     * locks, so two at once would count it twice.
     */
    void forget(Handle handle, int incarnation) {
        boolean isOurs = handle.createQuery("SELECT 1 FROM incarnation WHERE id = :id AND ended FOR UPDATE")
                .bind("id", incarnation)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
        if (!isOurs) {
            return;
        }
        tallies.fold(handle, incarnation);
        handle.createUpdate("DELETE FROM incarnation WHERE id = :id AND ended")
                .bind("id", incarnation)
                .execute();
    }
}
