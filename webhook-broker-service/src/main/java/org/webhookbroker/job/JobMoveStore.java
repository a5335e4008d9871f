package org.webhookbroker.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.webhookbroker.database.BulkWrite;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/**
 * Moves jobs between {@code job}, {@code delivered_job} and {@code dead_job}, and removes them for good: nothing else inserts into
 * the last two, or deletes from any. The delete is the guard and comes first: of several transactions only one moves a job. Each
 * method adds what it moved to the tally, which the caller writes in the same transaction.
 */
public final class JobMoveStore {
    /**
     * When the server thinks that few rows are left it would rather read the whole table, and with it all that are gone and kept for an
     * open view. A delete takes no hint, but where updates are to be safe the server takes the index whatever it thinks of the cost.
     */
    private static final String BY_INDEX = "SET STATEMENT sql_safe_updates = 1 FOR ";

    private record Death(LiveJob job, Failure failure) {}

    private final JobStore jobs = new JobStore();

    /** Ends those of the jobs that {@code holder} still holds, and returns how many. */
    int deliver(Handle handle, int holder, List<Settlement.Delivered> settlements, Tally tally) {
        if (settlements.isEmpty()) {
            return 0;
        }
        Set<Xid> held = new HashSet<>(
                takeLive(handle, holder, settlements, "id").mapTo(Xid.class).list());
        List<LeasedJob> delivered = settlements.stream()
                .map(Settlement::job)
                .filter(job -> held.contains(job.id()))
                .toList();
        BulkWrite.execute(handle, "INSERT INTO delivered_job (" + DeliveredJob.COLUMNS + """
                ) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6))
                """, delivered, (row, job) -> {
            row.setBytes(1, job.id().bytes());
            row.setBytes(2, job.messageId().bytes());
            row.setBytes(3, job.consumerId().bytes());
            row.setInt(4, job.attempts());
        });
        delivered.forEach(job -> tally.delivered(job.consumerId(), 1));
        return delivered.size();
    }

    /** Ends those of the jobs that {@code holder} still holds, each with its failure, and returns how many. */
    public int bury(Handle handle, int holder, List<Settlement.Dead> settlements, Tally tally) {
        if (settlements.isEmpty()) {
            return 0;
        }
        Map<Xid, LiveJob> held = takeLive(handle, holder, settlements, LiveJob.COLUMNS)
                .map(LiveJob::of)
                .collect(Collectors.toMap(LiveJob::id, Function.identity()));
        List<Death> deaths = new ArrayList<>();
        for (Settlement.Dead settlement : settlements) {
            LiveJob job = held.get(settlement.job().id());
            if (job != null) {
                deaths.add(new Death(job, settlement.failure()));
            }
        }
        insertDead(handle, deaths, tally);
        return deaths.size();
    }

    /** Buries those of the jobs that have waited for too long, and returns how many. The clock of the database decides. */
    int giveUp(Handle handle, int holder, List<Settlement.Unreached> settlements, Tally tally) {
        Map<Xid, List<Settlement.Unreached>> byConsumer = settlements.stream()
                .filter(Settlement.Unreached::mayBeOver)
                .collect(Collectors.groupingBy(each -> each.job().consumerId()));
        List<Death> deaths = new ArrayList<>();
        byConsumer.values().forEach(some -> {
            Settlement.Unreached last = some.get(some.size() - 1);
            handle.createQuery(BY_INDEX + """
                            DELETE FROM job WHERE id IN (<ids>) AND holder = :holder
                              AND <since> <= UTC_TIMESTAMP(6) - INTERVAL :limit MICROSECOND
                            RETURNING <columns>, <since> AS since
                            """)
                    .define("columns", LiveJob.COLUMNS)
                    .define("since", Absence.since(":absent", ":known"))
                    .bindList("ids", some.stream().map(each -> each.job().id()).toList())
                    .bind("holder", holder)
                    .bind("absent", JobStore.micros(last.absence().length()))
                    .bind("known", last.absence().fromItsBegin())
                    .bind("limit", JobStore.micros(last.limit()))
                    .map((row, context) -> new Death(
                            LiveJob.of(row, context),
                            Failure.unreachable(Columns.instant(row, "since"), last.failure())))
                    .forEach(deaths::add);
        });
        insertDead(handle, deaths, tally);
        return deaths.size();
    }

    /** Buries those of the jobs of an incarnation that ended whose holders, this one included, have died {@code maxTakeovers} times. */
    public int buryKillers(Handle handle, int holder, List<Xid> ids, int maxTakeovers, Tally tally) {
        List<Death> deaths = handle.createQuery(BY_INDEX + """
                        DELETE FROM job WHERE id IN (<ids>) AND holder = :holder AND takeovers >= :before
                        RETURNING\s""" + LiveJob.COLUMNS)
                .bindList("ids", ids)
                .bind("holder", holder)
                .bind("before", maxTakeovers - 1)
                .map(LiveJob::of)
                .map(job -> new Death(job, Failure.crashLoop(maxTakeovers)))
                .list();
        insertDead(handle, deaths, tally);
        return deaths.size();
    }

    /**
     * Queues those of the jobs that are still dead, due now and with all their attempts ahead, and returns their
     * priorities. Of two requeues of one job the second waits for the first, then finds nothing.
     */
    List<Integer> requeue(Handle handle, Xid consumer, Collection<Xid> ids, Tally tally) {
        List<NewJob> requeued = takeDead(handle, consumer, ids, tally).stream()
                .map(DeadJob::requeued)
                .toList();
        jobs.insert(handle, requeued);
        return requeued.stream().map(NewJob::priority).toList();
    }

    /** Leases a dead job to its pull consumer, see {@link DeadJob#revived}. False when it is not dead any more. */
    public boolean revive(Handle handle, Xid consumer, Xid id, Duration base, int timeout, Tally tally) {
        List<NewJob> revived = takeDead(handle, consumer, List.of(id), tally).stream()
                .map(dead -> dead.revived(base, timeout))
                .toList();
        jobs.insert(handle, revived);
        return !revived.isEmpty();
    }

    /** Removes those that are still dead and exhausted, and returns how many. */
    int purge(Handle handle, Xid consumer, int maxRetries, List<Xid> ids, Tally tally) {
        int purged = handle.createUpdate(
                        BY_INDEX + "DELETE FROM dead_job WHERE id IN (<ids>) AND consumer_id = :consumer AND "
                                + DeadJob.EXHAUSTED)
                .bindList("ids", ids)
                .bind("consumer", consumer)
                .bind("maxRetries", maxRetries)
                .execute();
        if (purged > 0) {
            tally.dead(consumer, -purged).removed(consumer, purged);
        }
        return purged;
    }

    /** Removes some of a consumer's live and dead jobs, up to {@code limit} of each, and returns how many. */
    int remove(Handle handle, Xid consumer, int limit, Tally tally) {
        int live = handle.createUpdate(BY_INDEX + "DELETE FROM job WHERE consumer_id = :consumer LIMIT :limit")
                .bind("consumer", consumer)
                .bind("limit", limit)
                .execute();
        int dead = handle.createUpdate(BY_INDEX + "DELETE FROM dead_job WHERE consumer_id = :consumer LIMIT :limit")
                .bind("consumer", consumer)
                .bind("limit", limit)
                .execute();
        if (live + dead > 0) {
            tally.dead(consumer, -dead).removed(consumer, live + dead);
        }
        return live + dead;
    }

    /** Removes delivered jobs that are in an archive, and whose messages the transaction has locked. */
    public void archive(Handle handle, List<Job> delivered, Tally tally) {
        if (delivered.isEmpty()) {
            return;
        }
        int archived = handle.createUpdate(BY_INDEX + "DELETE FROM delivered_job WHERE id IN (<ids>)")
                .bindList("ids", delivered.stream().map(Job::id).toList())
                .execute();
        if (archived != delivered.size()) {
            throw new IllegalStateException(
                    "Found " + delivered.size() + " delivered jobs but could remove only " + archived);
        }
        delivered.forEach(job -> tally.archived(job.consumerId(), 1));
    }

    private static Query takeLive(Handle handle, int holder, List<? extends Settlement> settlements, String columns) {
        return handle.createQuery(
                        BY_INDEX + "DELETE FROM job WHERE id IN (<ids>) AND holder = :holder RETURNING <columns>")
                .define("columns", columns)
                .bindList(
                        "ids", settlements.stream().map(each -> each.job().id()).toList())
                .bind("holder", holder);
    }

    private static List<DeadJob> takeDead(Handle handle, Xid consumer, Collection<Xid> ids, Tally tally) {
        List<DeadJob> taken = handle.createQuery(
                        BY_INDEX + "DELETE FROM dead_job WHERE id IN (<ids>) AND consumer_id = :consumer RETURNING "
                                + DeadJob.COLUMNS)
                .bindList("ids", List.copyOf(ids))
                .bind("consumer", consumer)
                .map(DeadJob::of)
                .list();
        if (!taken.isEmpty()) {
            tally.dead(consumer, -taken.size());
        }
        return taken;
    }

    private static void insertDead(Handle handle, List<Death> deaths, Tally tally) {
        BulkWrite.execute(handle, "INSERT INTO dead_job (" + DeadJob.COLUMNS + """
                ) VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6), ?, ?, ?)
                """, deaths, (row, death) -> {
            LiveJob job = death.job();
            Failure failure = death.failure();
            row.setBytes(1, job.id().bytes());
            row.setBytes(2, job.messageId().bytes());
            row.setBytes(3, job.consumerId().bytes());
            row.setInt(4, job.priority());
            row.setInt(5, job.size());
            row.setInt(6, job.attempts());
            row.setBoolean(7, job.possibleDuplicate() || failure.mayHaveArrived());
            failure.bind(row, 8);
            row.setInt(10, job.pullTimeout());
        });
        deaths.forEach(death -> tally.dead(death.job().consumerId(), 1));
    }
}
