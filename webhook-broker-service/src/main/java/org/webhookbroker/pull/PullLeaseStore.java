package org.webhookbroker.pull;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.WaitingLine;

/**
 * Finds and locks the jobs of pull consumers that are leased, or overdue. {@link LiveJob#PULL_HOLDER} holds the row and
 * {@code due_at} is when the lease ends by the database's clock, so the index that serves what is due also serves what has timed out.
 */
final class PullLeaseStore {
    /** Jobs of one consumer, holder, line and priority, the first of which is overdue since {@code first}. */
    record Overdue(Xid consumer, int holder, WaitingLine line, int priority, Instant first) {
        boolean isLease() {
            return holder == LiveJob.PULL_HOLDER;
        }
    }

    /**
     * The inner limit keeps the server from moving the outer conditions inwards, where they would stop it from jumping from group
     * to group. If very many are overdue it takes a thousand at random, so that none can keep out all others.
     */
    static final String OVERDUE = """
            SELECT consumer_id, holder, retry, priority, first_due FROM (
              SELECT consumer_id, holder, retry, priority, MIN(due_at) AS first_due FROM job FORCE INDEX FOR GROUP BY (job_lease)
              GROUP BY consumer_id, holder, retry, priority HAVING MIN(due_at) <= UTC_TIMESTAMP(6) LIMIT 4294967295
            ) AS overdue
            WHERE holder = 2147483647 OR (holder = 0 AND retry = 2) ORDER BY RAND() LIMIT 1000
            """;

    static final String LOCK_OVERDUE = LiveJob.SELECT + """
            FORCE INDEX (job_lease)
            WHERE consumer_id = :consumer AND holder = :holder AND retry = :retry AND priority = :priority
              AND due_at >= :from AND due_at <= UTC_TIMESTAMP(6)
            ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
            """;

    /** Leases that timed out and last calls that nobody answered. A few reads for each consumer and priority, however many jobs wait. */
    List<Overdue> overdue(Handle handle) {
        return handle.createQuery(OVERDUE)
                .map((row, context) -> new Overdue(
                        Columns.xid(row, "consumer_id"),
                        row.getInt("holder"),
                        WaitingLine.of(row.getInt("retry")),
                        row.getInt("priority"),
                        Columns.instant(row, "first_due")))
                .list();
    }

    List<LiveJob> lockOverdue(Handle handle, Overdue overdue, int limit) {
        return handle.createQuery(LOCK_OVERDUE)
                .bind("consumer", overdue.consumer())
                .bind("holder", overdue.holder())
                .bind("retry", overdue.line().column())
                .bind("priority", overdue.priority())
                .bind("from", overdue.first())
                .bind("limit", limit)
                .map(LiveJob::of)
                .list();
    }

    /** Locks a job in flight, whatever holds it: an incarnation may, if the consumer was a push consumer before. */
    Optional<LiveJob> lockInFlight(Handle handle, Xid consumer, Xid id) {
        return handle.createQuery(LiveJob.SELECT + """
                        WHERE id = :id AND consumer_id = :consumer AND holder > 0 FOR UPDATE
                        """)
                .bind("id", id)
                .bind("consumer", consumer)
                .map(LiveJob::of)
                .findOne();
    }

    /** Locks the jobs of the receipts whose lease still stands. A lease stands beyond its time until something ends it. */
    Map<PullReceipt, LiveJob> lockLeased(Handle handle, Xid consumer, Collection<PullReceipt> receipts) {
        if (receipts.isEmpty()) {
            return Map.of();
        }
        Set<PullReceipt> wanted = new HashSet<>(receipts);
        Map<PullReceipt, LiveJob> held = new HashMap<>();
        handle.createQuery(LiveJob.SELECT + """
                        FORCE INDEX (PRIMARY)
                        WHERE id IN (<ids>) AND consumer_id = :consumer AND holder = :holder ORDER BY id FOR UPDATE
                        """)
                .bindList(
                        "ids", wanted.stream().map(PullReceipt::job).distinct().toList())
                .bind("consumer", consumer)
                .bind("holder", LiveJob.PULL_HOLDER)
                .map(LiveJob::of)
                .forEach(job -> held.put(PullReceipt.of(job), job));
        held.keySet().retainAll(wanted);
        return held;
    }
}
