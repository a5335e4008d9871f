package org.webhookbroker.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.JobMoveStore;
import org.webhookbroker.job.JobStore;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.Tally;
import org.webhookbroker.job.TallyStore;

/** Finds incarnations that fell silent, and gives their jobs back to the queue. */
final class RescueStore {
    /** Says that a consumer has live jobs under this holder. Holder 0 means that they are queued. */
    record Holding(Xid consumer, int holder) {}

    /** A job that an incarnation holds, and since when. */
    record Held(Xid job, Xid consumer, int holder, Instant since) {}

    static final String HOLDINGS =
            "SELECT consumer_id, holder FROM job FORCE INDEX FOR GROUP BY (job_lease) GROUP BY consumer_id, holder";

    /** A jump of the index for each consumer finds those of whom this incarnation holds a job, and then these jobs. */
    static final String HELD = """
            SELECT job.id, job.consumer_id, job.changed_at
            FROM (
              SELECT consumer_id, holder FROM job FORCE INDEX FOR GROUP BY (job_lease) GROUP BY consumer_id, holder
            ) AS held
            STRAIGHT_JOIN job FORCE INDEX (job_lease) ON job.consumer_id = held.consumer_id AND job.holder = held.holder
            WHERE held.holder = :holder
            """;

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

    /**
     * A loose scan of the lease index: a few reads a consumer, however many jobs it has. Without the leases of pull
     * consumers, which belong to no incarnation and end by their time alone.
     */
    List<Holding> holdings(Handle handle) {
        return handle.createQuery(HOLDINGS)
                .map((row, context) -> new Holding(Columns.xid(row, "consumer_id"), row.getInt("holder")))
                .filter(holding -> holding.holder() != LiveJob.PULL_HOLDER)
                .list();
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
     * Queues up to 1,000 jobs of an ended incarnation again, marked as possible repeats. A job that was held by
     * {@code maxTakeovers} incarnations that died may be what killed them, and is buried (G5). Read first without locks, as the walk
     * past what is gone is much cheaper so; whoever ended gets no more jobs.
     *
     * @return how many jobs were moved; fewer than the bound means that none is left
     */
    int rescue(Handle handle, Holding holding, int maxTakeovers, int counter) {
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
            return 0;
        }
        Tally tally = new Tally();
        int buried = moves.buryKillers(handle, holding.holder(), held, maxTakeovers, tally);
        tally.write(handle, counter);
        return buried + jobs.takeOver(handle, holding.holder(), held);
    }

    boolean isComplete(int moved) {
        return moved < BATCH;
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

    /** What the table says that this incarnation holds, but for what is known. One statement, however many consumers there are. */
    List<Held> heldBy(Handle handle, int incarnation, BiPredicate<Xid, Xid> knows) {
        return handle
                .createQuery(HELD)
                .bind("holder", incarnation)
                .map((row, context) -> new Held(
                        Columns.xid(row, "id"),
                        Columns.xid(row, "consumer_id"),
                        incarnation,
                        Columns.instant(row, "changed_at")))
                .stream()
                .filter(held -> !knows.test(held.consumer(), held.job()))
                .toList();
    }
}
