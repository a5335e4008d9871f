package org.webhookbroker.job;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Finds incarnations that fell silent, and gives their jobs back to the queue. */
public final class RescueStore {
    /** That some consumer has live jobs under this holder; holder 0 are the queued ones. */
    public record Holding(Xid consumer, int holder) {}

    static final String HOLDINGS =
            "SELECT consumer_id, holder FROM job FORCE INDEX FOR GROUP BY (job_lease) GROUP BY consumer_id, holder";

    private static final int BATCH = 1000;

    private final TallyStore tallies;

    public RescueStore(TallyStore tallies) {
        this.tallies = tallies;
    }

    public List<Integer> silentIncarnations(Handle handle, Duration timeout) {
        return handle.createQuery("""
                        SELECT id FROM incarnation
                        WHERE NOT ended AND seen_at < UTC_TIMESTAMP(6) - INTERVAL :timeout MICROSECOND
                        """)
                .bind("timeout", timeout.toNanos() / 1000)
                .mapTo(Integer.class)
                .list();
    }

    /** After this the incarnation can write nothing more, unless it was heard of meanwhile. */
    public void endIfSilent(Handle handle, int incarnation, Duration timeout) {
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
    public List<Holding> holdings(Handle handle) {
        return handle.createQuery(HOLDINGS)
                .map((row, context) -> new Holding(Columns.xid(row, "consumer_id"), row.getInt("holder")))
                .filter(holding -> holding.holder() != PullJob.HOLDER)
                .list();
    }

    public Set<Integer> liveIncarnations(Handle handle) {
        return handle.createQuery("SELECT id FROM incarnation WHERE NOT ended")
                .mapTo(Integer.class)
                .collect(Collectors.toSet());
    }

    public List<Integer> endedIncarnations(Handle handle) {
        return handle.createQuery("SELECT id FROM incarnation WHERE ended ORDER BY id")
                .mapTo(Integer.class)
                .list();
    }

    /**
     * Queues up to 1,000 jobs of an ended incarnation again, marked as possible repeats. Those that were held by
     * {@code maxTakeovers} incarnations that died may be what kills them, and end dead (G5).
     *
     * @return how many jobs were moved; fewer than the bound means that none is left
     */
    public int rescue(Handle handle, Holding holding, int maxTakeovers, int counter) {
        return bury(handle, holding, maxTakeovers, counter) + requeue(handle, holding);
    }

    private static int bury(Handle handle, Holding holding, int maxTakeovers, int counter) {
        record Poison(Xid id, Xid messageId, int priority, int size, int attempts) {}
        List<Poison> poison = handle.createQuery("""
                        DELETE FROM job WHERE consumer_id = :consumer AND holder = :holder AND takeovers >= :max
                        RETURNING id, message_id, priority, size, attempts
                        """)
                .bind("consumer", holding.consumer())
                .bind("holder", holding.holder())
                .bind("max", maxTakeovers - 1)
                .map((row, context) -> new Poison(
                        Columns.xid(row, "id"),
                        Columns.xid(row, "message_id"),
                        row.getInt("priority"),
                        row.getInt("size"),
                        row.getInt("attempts")))
                .list();
        if (poison.isEmpty()) {
            return 0;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO dead_job (id, message_id, consumer_id, priority, size, attempts, possible_duplicate,
                  changed_at, reason, detail)
                VALUES (?, ?, ?, ?, ?, ?, TRUE, UTC_TIMESTAMP(6), 'crash-loop', ?)
                """);
        String detail = "Each of " + maxTakeovers + " broker processes that held this job died";
        poison.forEach(job -> batch.bind(0, job.id())
                .bind(1, job.messageId())
                .bind(2, holding.consumer())
                .bind(3, job.priority())
                .bind(4, job.size())
                .bind(5, job.attempts())
                .bind(6, detail)
                .add());
        batch.execute();
        new Tally().dead(holding.consumer(), poison.size()).write(handle, counter);
        return poison.size();
    }

    private static int requeue(Handle handle, Holding holding) {
        return handle.createUpdate("""
                        UPDATE job SET holder = 0, takeovers = takeovers + 1, possible_duplicate = TRUE,
                          changed_at = UTC_TIMESTAMP(6)
                        WHERE consumer_id = :consumer AND holder = :holder LIMIT :batch
                        """)
                .bind("consumer", holding.consumer())
                .bind("holder", holding.holder())
                .bind("batch", BATCH)
                .execute();
    }

    public boolean isComplete(int moved) {
        return moved < BATCH;
    }

    /**
     * Forgets an ended incarnation that holds nothing any more. The lock makes nodes take turns: the fold reads without
     * locks, so two at once would count it twice.
     */
    public void forget(Handle handle, int incarnation) {
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

    /** What the table says that this incarnation holds for one consumer, and since when. */
    public Map<Xid, Instant> heldBy(Handle handle, Holding holding) {
        return handle.createQuery("SELECT id, changed_at FROM job WHERE consumer_id = :consumer AND holder = :holder")
                .bind("consumer", holding.consumer())
                .bind("holder", holding.holder())
                .reduceRows(new HashMap<>(), (held, row) -> {
                    held.put(row.getColumn("id", Xid.class), row.getColumn("changed_at", Instant.class));
                    return held;
                });
    }

    /** Queues a job again, marked as a possible repeat, if it is still held since then. Returns whether it was. */
    public boolean giveBack(Handle handle, Holding holding, Xid job, Instant since) {
        int queued = handle.createUpdate("""
                        UPDATE job SET holder = 0, possible_duplicate = TRUE, changed_at = UTC_TIMESTAMP(6)
                        WHERE id = :job AND holder = :holder AND changed_at = :since
                        """)
                .bind("job", job)
                .bind("holder", holding.holder())
                .bind("since", since)
                .execute();
        return queued == 1;
    }
}
