package org.webhookbroker.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.BulkWrite;
import org.webhookbroker.database.Xid;

/**
 * Writes live jobs: inserts into {@code job}, and changes its rows. {@link JobMoveStore} says why each update names its index.
 */
public final class JobStore {
    /** Rows of one packet: the driver keeps all their parameters until it is sent. */
    private static final int ROWS = 5000;

    /** Literals, because intake pays 0.2 us for each parameter of a row: as parameters these would cost a third more (measured). */
    private static final String NO_PAST = "0, UTC_TIMESTAMP(6), 0, 0, FALSE, UTC_TIMESTAMP(6), '', '', 0, NULL";

    public void insert(Handle handle, List<NewJob> jobs) {
        for (int from = 0; from < jobs.size(); from += ROWS) {
            insertSome(handle, jobs.subList(from, Math.min(from + ROWS, jobs.size())));
        }
    }

    private static void insertSome(Handle handle, List<NewJob> jobs) {
        boolean withPast = jobs.stream().anyMatch(NewJob::hasPast);
        String past = withPast
                ? "?, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND, ?, 0, ?, UTC_TIMESTAMP(6), ?, ?, ?, NULL"
                : NO_PAST;
        String insert = "INSERT INTO job (" + LiveJob.COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, " + past + ")";
        BulkWrite.execute(handle, insert, jobs, (row, job) -> {
            row.setBytes(1, job.id().bytes());
            row.setBytes(2, job.messageId().bytes());
            row.setBytes(3, job.consumerId().bytes());
            row.setInt(4, job.holder());
            row.setInt(5, job.priority());
            row.setInt(6, job.size());
            if (withPast) {
                job.past().bind(row);
            }
        });
    }

    /** Gives queued jobs that the transaction has locked to an incarnation. */
    void lease(Handle handle, List<LiveJob> jobs, int holder) {
        int held = handle.createUpdate("""
                        UPDATE job FORCE INDEX (PRIMARY) SET holder = :holder, changed_at = UTC_TIMESTAMP(6)
                        WHERE id IN (<ids>) AND holder = 0
                        """)
                .bind("holder", holder)
                .bindList("ids", ids(jobs))
                .execute();
        requireAll(jobs, held);
    }

    /**
     * Gives queued jobs that the transaction has locked to their pull consumer, and returns them as they are then. The caller reads
     * the clock of the database before: one value is less to read than all rows after.
     */
    List<LiveJob> lease(Handle handle, List<LiveJob> jobs, Instant now, Instant until) {
        int held = handle.createUpdate("""
                        UPDATE job FORCE INDEX (PRIMARY) SET holder = :holder, retry = LEAST(retry, 1), due_at = :until, changed_at = :now
                        WHERE id IN (<ids>) AND holder = 0
                        """)
                .bind("holder", LiveJob.PULL_HOLDER)
                .bind("until", until)
                .bind("now", now)
                .bindList("ids", ids(jobs))
                .execute();
        requireAll(jobs, held);
        return jobs.stream().map(job -> job.leasedToConsumer(now, until)).toList();
    }

    /**
     * Leases one queued job to its pull consumer. False when it is not queued any more: of several at once exactly one wins.
     *
     * @param timeout seconds to add to the base, for good; 0 leaves what was added before
     */
    public boolean take(Handle handle, Xid consumer, Xid id, Duration base, int timeout) {
        return handle.createUpdate("""
                        UPDATE job FORCE INDEX (PRIMARY) SET holder = :holder, retry = LEAST(retry, 1),
                          due_at = UTC_TIMESTAMP(6) + INTERVAL :base MICROSECOND
                            + INTERVAL IF(:timeout > 0, :timeout, pull_timeout) SECOND,
                          pull_timeout = IF(:timeout > 0, :timeout, pull_timeout), changed_at = UTC_TIMESTAMP(6)
                        WHERE id = :id AND consumer_id = :consumer AND holder = 0
                        """)
                        .bind("holder", LiveJob.PULL_HOLDER)
                        .bind("base", micros(base))
                        .bind("timeout", timeout)
                        .bind("id", id)
                        .bind("consumer", consumer)
                        .execute()
                == 1;
    }

    /** Lets leases of a pull consumer, which the transaction has locked, end {@code length} from now. */
    public void extend(Handle handle, Collection<LiveJob> jobs, Duration length) {
        if (jobs.isEmpty()) {
            return;
        }
        int extended = handle.createUpdate("""
                        UPDATE job FORCE INDEX (PRIMARY) SET retry = LEAST(retry, 1), due_at = UTC_TIMESTAMP(6) + INTERVAL :length MICROSECOND
                        WHERE id IN (<ids>) AND holder = :holder
                        """)
                .bind("length", micros(length))
                .bind("holder", LiveJob.PULL_HOLDER)
                .bindList("ids", ids(jobs))
                .execute();
        requireAll(jobs, extended);
    }

    /** Queues locked jobs whose pull lease timed out. The consumer had them, so it may have acted on them. */
    public void timeOut(Handle handle, Collection<LiveJob> jobs, WaitingLine line, Duration delay) {
        int queued = handle.createUpdate("""
                        UPDATE job FORCE INDEX (PRIMARY) SET holder = 0, retry = :retry, attempts = attempts + 1, possible_duplicate = TRUE,
                          due_at = UTC_TIMESTAMP(6) + INTERVAL :delay MICROSECOND, changed_at = UTC_TIMESTAMP(6),
                          reason = :reason, detail = 'The consumer took it and said nothing until its time was over'
                        WHERE id IN (<ids>) AND holder = :holder
                        """)
                .bind("retry", line.column())
                .bind("delay", micros(delay))
                .bind("reason", Failure.LEASE_EXPIRED)
                .bindList("ids", ids(jobs))
                .bind("holder", LiveJob.PULL_HOLDER)
                .execute();
        requireAll(jobs, queued);
    }

    /** Lets locked last calls wait like other retries, because their consumer allows more attempts by now. */
    public void recall(Handle handle, Collection<LiveJob> jobs) {
        if (jobs.isEmpty()) {
            return;
        }
        int recalled = handle.createUpdate(
                        "UPDATE job FORCE INDEX (PRIMARY) SET retry = 1 WHERE id IN (<ids>) AND holder = 0")
                .bindList("ids", ids(jobs))
                .execute();
        requireAll(jobs, recalled);
    }

    /**
     * Queues failed jobs that {@code holder} still holds, and returns how many. One update for all, joined in the order that is
     * written: by primary key. The empty select gives the columns of the values their names and types. The process has outlived the
     * attempt, so the job is no suspect any more; somebody was reached, so it begins anew to wait for those who are not.
     */
    int retry(Handle handle, int holder, List<Settlement.Retry> settlements) {
        return BulkWrite.execute(
                handle, """
                UPDATE (
                  SELECT CAST('' AS BINARY(12)) AS id, 0 AS delay, 0 AS may_have_arrived, '' AS reason, '' AS detail WHERE FALSE
                  UNION ALL VALUES
                """, "(?, ?, ?, ?, ?)", """
                ) AS failed STRAIGHT_JOIN job ON job.id = failed.id
                SET job.holder = 0, job.retry = TRUE, job.attempts = job.attempts + 1, job.takeovers = 0,
                  job.due_at = UTC_TIMESTAMP(6) + INTERVAL failed.delay MICROSECOND,
                  job.possible_duplicate = job.possible_duplicate OR failed.may_have_arrived,
                  job.changed_at = UTC_TIMESTAMP(6), job.reason = failed.reason, job.detail = failed.detail,
                  job.unreachable_since = NULL
                WHERE job.holder =
                """ + holder, settlements, (row, first, settlement) -> {
                    row.setBytes(first, settlement.job().id().bytes());
                    row.setLong(first + 1, micros(settlement.delay()));
                    row.setBoolean(first + 2, settlement.failure().mayHaveArrived());
                    settlement.failure().bind(row, first + 3);
                });
    }

    /** Queues jobs that {@code holder} still holds and for which nobody was reached, without an attempt, and returns how many. */
    int unreached(Handle handle, int holder, List<Settlement.Unreached> settlements) {
        return BulkWrite.execute(
                handle,
                """
                UPDATE (
                  SELECT CAST('' AS BINARY(12)) AS id, 0 AS delay, 0 AS absent, 0 AS known, 0 AS clear, '' AS reason, '' AS detail WHERE FALSE
                  UNION ALL VALUES
                """,
                "(?, ?, ?, ?, ?, ?, ?)",
                """
                ) AS failed STRAIGHT_JOIN job ON job.id = failed.id
                SET job.holder = 0, job.changed_at = UTC_TIMESTAMP(6), job.reason = failed.reason, job.detail = failed.detail,
                  job.takeovers = IF(failed.clear, 0, job.takeovers), job.unreachable_since =
                """ + Absence.since("failed.absent", "failed.known") + """
                  , job.due_at = IF(failed.delay < 0, job.due_at, UTC_TIMESTAMP(6) + INTERVAL
                """
                        + Absence.pause("failed.delay", "job.unreachable_since") + """
                  MICROSECOND)
                WHERE job.holder =
                """
                        + holder,
                settlements,
                (row, first, settlement) -> settlement.bind(row, first));
    }

    /** Queues those of the jobs that {@code holder} still holds, without an attempt and due at once, and returns how many. */
    int release(Handle handle, int holder, List<Xid> ids, boolean mayHaveArrived) {
        if (ids.isEmpty()) {
            return 0;
        }
        return handle.createUpdate("""
                        UPDATE job FORCE INDEX (PRIMARY) SET holder = 0, possible_duplicate = possible_duplicate OR :mayHaveArrived,
                          due_at = LEAST(due_at, UTC_TIMESTAMP(6)), changed_at = UTC_TIMESTAMP(6)
                        WHERE id IN (<ids>) AND holder = :holder
                        """)
                .bind("mayHaveArrived", mayHaveArrived)
                .bind("holder", holder)
                .bindList("ids", ids)
                .execute();
    }

    /** Queues a job again, marked as a possible repeat, if it is still held since then. Returns whether it was. */
    public boolean giveBack(Handle handle, int holder, Xid id, Instant since) {
        return handle.createUpdate("""
                        UPDATE job FORCE INDEX (PRIMARY) SET holder = 0, possible_duplicate = TRUE, changed_at = UTC_TIMESTAMP(6)
                        WHERE id = :id AND holder = :holder AND changed_at = :since
                        """)
                        .bind("id", id)
                        .bind("holder", holder)
                        .bind("since", since)
                        .execute()
                == 1;
    }

    /** Queues those of the jobs that {@code holder} still has, which ended, as possible repeats. Returns how many. */
    public int takeOver(Handle handle, int holder, List<Xid> ids) {
        return handle.createUpdate("""
                        UPDATE job FORCE INDEX (PRIMARY)
                        SET holder = 0, takeovers = takeovers + 1, possible_duplicate = TRUE, changed_at = UTC_TIMESTAMP(6)
                        WHERE id IN (<ids>) AND holder = :holder
                        """)
                .bind("holder", holder)
                .bindList("ids", ids)
                .execute();
    }

    private static List<Xid> ids(Collection<LiveJob> jobs) {
        return jobs.stream().map(LiveJob::id).toList();
    }

    static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    private static void requireAll(Collection<LiveJob> locked, int changed) {
        if (changed != locked.size()) {
            throw new IllegalStateException("Locked " + locked.size() + " jobs but could change only " + changed);
        }
    }
}
