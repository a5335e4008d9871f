package org.webhookbroker.job;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/**
 * Leases of pull consumers: {@link PullJob#HOLDER} holds the row and {@code due_at} is when the lease ends by the database's
 * clock, so the index that serves what is due also serves what has timed out.
 */
public final class PullLeaseStore {
    private final LeaseStore leases = new LeaseStore();

    /** Takes up to {@code wanted} jobs, see {@link LeaseStore#lease}; more urgent ones first. */
    public List<PullJob> lease(Handle handle, Xid consumer, int wanted, Duration length, LeaseStore.Taker taker) {
        List<Xid> taken = leases.lease(handle, consumer, PullJob.HOLDER, wanted, taker).jobs().stream()
                .map(LeasedJob::id)
                .toList();
        if (taken.isEmpty()) {
            return List.of();
        }
        extend(handle, taken, length);
        Map<Xid, PullJob> leased =
                lock(handle, consumer, taken).stream().collect(Collectors.toMap(PullJob::id, Function.identity()));
        return taken.stream().map(leased::get).toList();
    }

    /** Of jobs that the transaction has locked: the lease ends {@code length} from now. */
    public void extend(Handle handle, Collection<Xid> ids, Duration length) {
        if (ids.isEmpty()) {
            return;
        }
        int extended = handle.createUpdate("""
                        UPDATE job SET retry = LEAST(retry, 1), due_at = UTC_TIMESTAMP(6) + INTERVAL :length MICROSECOND
                        WHERE id IN (<ids>) AND holder = :holder
                        """)
                .bind("length", length.toNanos() / 1000)
                .bind("holder", PullJob.HOLDER)
                .bindList("ids", List.copyOf(ids))
                .execute();
        if (extended != ids.size()) {
            throw new IllegalStateException("Locked " + ids.size() + " leases but could extend only " + extended);
        }
    }

    /**
     * Leases one queued job. False when it is not queued any more: of several at once exactly one wins.
     *
     * @param timeout seconds to add to the base, for good; 0 leaves what was added before
     */
    public boolean hold(Handle handle, Xid consumer, Xid id, Duration base, int timeout) {
        return handle.createUpdate("""
                        UPDATE job SET holder = :holder, retry = LEAST(retry, 1),
                          due_at = UTC_TIMESTAMP(6) + INTERVAL :base MICROSECOND
                            + INTERVAL IF(:timeout > 0, :timeout, pull_timeout) SECOND,
                          pull_timeout = IF(:timeout > 0, :timeout, pull_timeout), changed_at = UTC_TIMESTAMP(6)
                        WHERE id = :id AND consumer_id = :consumer AND holder = 0
                        """)
                        .bind("holder", PullJob.HOLDER)
                        .bind("base", base.toNanos() / 1000)
                        .bind("timeout", timeout)
                        .bind("id", id)
                        .bind("consumer", consumer)
                        .execute()
                == 1;
    }

    /** As {@link #hold}, of a dead job, which counts as one more attempt. The delete decides who wins. */
    public boolean revive(Handle handle, Xid consumer, Xid id, Duration base, int timeout, int counter) {
        record Dead(
                Xid messageId,
                int priority,
                int size,
                int attempts,
                boolean possibleDuplicate,
                String reason,
                String detail,
                int timeout) {}
        Optional<Dead> found = handle.createQuery("""
                        DELETE FROM dead_job WHERE id = :id AND consumer_id = :consumer
                        RETURNING message_id, priority, size, attempts, possible_duplicate, reason, detail, pull_timeout
                        """)
                .bind("id", id)
                .bind("consumer", consumer)
                .map((row, context) -> new Dead(
                        Columns.xid(row, "message_id"),
                        row.getInt("priority"),
                        row.getInt("size"),
                        row.getInt("attempts"),
                        row.getBoolean("possible_duplicate"),
                        row.getString("reason"),
                        row.getString("detail"),
                        row.getInt("pull_timeout")))
                .findOne();
        found.ifPresent(dead -> {
            int added = timeout > 0 ? timeout : dead.timeout();
            handle.createUpdate("""
                            INSERT INTO job (id, message_id, consumer_id, holder, retry, priority, due_at, size, attempts,
                              takeovers, possible_duplicate, changed_at, reason, detail, pull_timeout)
                            VALUES (:id, :messageId, :consumer, :holder, 1, :priority,
                              UTC_TIMESTAMP(6) + INTERVAL :lease MICROSECOND, :size, :attempts,
                              0, :possibleDuplicate, UTC_TIMESTAMP(6), :reason, :detail, :added)
                            """)
                    .bind("id", id)
                    .bind("messageId", dead.messageId())
                    .bind("consumer", consumer)
                    .bind("holder", PullJob.HOLDER)
                    .bind("lease", base.plusSeconds(added).toNanos() / 1000)
                    .bind("priority", dead.priority())
                    .bind("size", dead.size())
                    .bind("attempts", dead.attempts() + 1)
                    .bind("possibleDuplicate", dead.possibleDuplicate())
                    .bind("reason", dead.reason())
                    .bind("detail", dead.detail())
                    .bind("added", added)
                    .execute();
            new Tally().dead(consumer, -1).write(handle, counter);
        });
        return found.isPresent();
    }

    /** Whoever has it in flight: an incarnation may still, where a push consumer became a pull consumer. */
    public Optional<PullJob> lockInFlight(Handle handle, Xid consumer, Xid id) {
        return handle.createQuery("""
                        SELECT id, message_id, holder, priority, size, attempts, possible_duplicate, pull_timeout, changed_at,
                          due_at
                        FROM job WHERE id = :id AND consumer_id = :consumer AND holder > 0 FOR UPDATE
                        """)
                .bind("id", id)
                .bind("consumer", consumer)
                .map((row, context) -> PullJob.of(row, consumer))
                .findOne();
    }

    /** Those of the receipts whose lease still stands, also beyond its time as long as nobody ended it. */
    public Map<PullReceipt, PullJob> lockLeased(Handle handle, Xid consumer, Collection<PullReceipt> receipts) {
        Set<PullReceipt> wanted = new HashSet<>(receipts);
        Map<PullReceipt, PullJob> held = new HashMap<>();
        for (PullJob job : lock(
                handle,
                consumer,
                wanted.stream().map(PullReceipt::job).distinct().toList())) {
            if (wanted.contains(job.receipt())) {
                held.put(job.receipt(), job);
            }
        }
        return held;
    }

    private static List<PullJob> lock(Handle handle, Xid consumer, List<Xid> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        return handle.createQuery("""
                        SELECT id, message_id, holder, priority, size, attempts, possible_duplicate, pull_timeout, changed_at,
                          due_at
                        FROM job FORCE INDEX (PRIMARY)
                        WHERE id IN (<ids>) AND consumer_id = :consumer AND holder = :holder ORDER BY id FOR UPDATE
                        """)
                .bindList("ids", ids)
                .bind("consumer", consumer)
                .bind("holder", PullJob.HOLDER)
                .map((row, context) -> PullJob.of(row, consumer))
                .list();
    }
}
