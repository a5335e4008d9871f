package org.webhookbroker.job;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.BulkWrite;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Ends of pull jobs: leases that timed out, last calls that nobody answered, and deaths. */
public final class PullEndStore {
    /** Jobs of one consumer, holder, turn and priority, the first of which is overdue. */
    public record Overdue(Xid consumer, int holder, Turn turn, int priority) {
        public boolean isLease() {
            return holder == PullJob.HOLDER;
        }
    }

    /**
     * The inner limit keeps the outer conditions where they are: further in they would cost the jump from group to group. Some of
     * very many, drawn by lot, so that none stands in the way of all others.
     */
    static final String OVERDUE = """
            SELECT consumer_id, holder, retry, priority FROM (
              SELECT consumer_id, holder, retry, priority FROM job FORCE INDEX FOR GROUP BY (job_lease)
              GROUP BY consumer_id, holder, retry, priority HAVING MIN(due_at) <= UTC_TIMESTAMP(6) LIMIT 4294967295
            ) AS overdue
            WHERE holder = 2147483647 OR (holder = 0 AND retry = 2) ORDER BY RAND() LIMIT 1000
            """;

    static final String LOCK_OVERDUE = """
            SELECT id, message_id, holder, priority, size, attempts, possible_duplicate, pull_timeout, changed_at, due_at
            FROM job FORCE INDEX (job_lease)
            WHERE consumer_id = :consumer AND holder = :holder AND retry = :retry AND priority = :priority
              AND due_at <= UTC_TIMESTAMP(6)
            ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
            """;

    /** A few reads for each consumer and priority, however many jobs wait or are leased. */
    public List<Overdue> overdue(Handle handle) {
        return handle.createQuery(OVERDUE)
                .map((row, context) -> new Overdue(
                        Columns.xid(row, "consumer_id"),
                        row.getInt("holder"),
                        Turn.of(row.getInt("retry")),
                        row.getInt("priority")))
                .list();
    }

    public List<PullJob> lock(Handle handle, Overdue overdue, int limit) {
        return handle.createQuery(LOCK_OVERDUE)
                .bind("consumer", overdue.consumer())
                .bind("holder", overdue.holder())
                .bind("retry", overdue.turn().column())
                .bind("priority", overdue.priority())
                .bind("limit", limit)
                .map((row, context) -> PullJob.of(row, overdue.consumer()))
                .list();
    }

    /** Queues locked jobs whose lease timed out. The consumer had them, so it may have acted on them. */
    public void timeOut(Handle handle, Collection<PullJob> jobs, Turn turn, Duration delay) {
        int queued = handle.createUpdate("""
                        UPDATE job SET holder = 0, retry = :retry, attempts = attempts + 1, possible_duplicate = TRUE,
                          due_at = UTC_TIMESTAMP(6) + INTERVAL :delay MICROSECOND, changed_at = UTC_TIMESTAMP(6),
                          reason = 'lease-expired', detail = 'The consumer took it and said nothing until its time was over'
                        WHERE id IN (<ids>) AND holder = :holder
                        """)
                .bind("retry", turn.column())
                .bind("delay", delay.toNanos() / 1000)
                .bindList("ids", jobs.stream().map(PullJob::id).toList())
                .bind("holder", PullJob.HOLDER)
                .execute();
        requireAll(jobs, queued);
    }

    /** Locked last calls whose consumer allows more attempts by now wait like others. */
    public void recall(Handle handle, Collection<PullJob> jobs) {
        if (jobs.isEmpty()) {
            return;
        }
        int recalled = handle.createUpdate("UPDATE job SET retry = 1 WHERE id IN (<ids>) AND holder = 0")
                .bindList("ids", jobs.stream().map(PullJob::id).toList())
                .execute();
        requireAll(jobs, recalled);
    }

    /** Ends locked jobs, each with its failure. */
    public void bury(Handle handle, Collection<Death> deaths, Tally tally) {
        if (deaths.isEmpty()) {
            return;
        }
        List<PullJob> jobs = deaths.stream().map(Death::job).toList();
        int deleted = handle.createUpdate("DELETE FROM job WHERE id IN (<ids>)")
                .bindList("ids", jobs.stream().map(PullJob::id).toList())
                .execute();
        requireAll(jobs, deleted);
        BulkWrite.execute(handle, """
                INSERT INTO dead_job (id, message_id, consumer_id, priority, size, attempts, possible_duplicate,
                  changed_at, reason, detail, pull_timeout)
                VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6), ?, ?, ?)
                """, deaths, (row, death) -> {
            LeasedJob job = death.job().job();
            row.setBytes(1, job.id().bytes());
            row.setBytes(2, job.messageId().bytes());
            row.setBytes(3, job.consumerId().bytes());
            row.setInt(4, job.priority());
            row.setInt(5, job.size());
            row.setInt(6, job.attempts());
            row.setBoolean(7, job.possibleDuplicate() || death.failure().mayHaveArrived());
            row.setString(8, death.failure().reason());
            row.setString(9, death.failure().detail());
            row.setInt(10, death.job().timeout());
        });
        jobs.forEach(job -> tally.dead(job.job().consumerId(), 1));
    }

    public record Death(PullJob job, Failure failure) {}

    private static void requireAll(Collection<PullJob> locked, int changed) {
        if (changed != locked.size()) {
            throw new IllegalStateException("Locked " + locked.size() + " jobs but could change only " + changed);
        }
    }
}
