package org.webhookbroker.job;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.BulkWrite;
import org.webhookbroker.database.Xid;

/**
 * Records outcomes, many in one transaction and each guarded by its lease: a job that somebody else holds by now is left
 * alone (G4). A finished job leaves the hot table for an append-only one.
 */
public final class SettleStore {
    /** @param stale settlements that changed nothing, since the job was no longer held under their lease */
    public record Settled(int delivered, int retried, int dead, int released, int stale) {}

    /** All settlements are of jobs held by {@code holder}. Repeatable: what was settled before counts as stale. */
    public Settled settle(Handle handle, int holder, List<Settlement> settlements) {
        return settle(handle, holder, holder, settlements);
    }

    /** @param counter the incarnation that counts them, locked where it is not the holder */
    public Settled settle(Handle handle, int holder, int counter, List<Settlement> settlements) {
        Tally tally = new Tally();
        int delivered = deliver(handle, holder, only(settlements, Settlement.Delivered.class), tally);
        int dead = bury(handle, holder, only(settlements, Settlement.Dead.class), tally);
        int retried = retry(handle, holder, only(settlements, Settlement.Retry.class));
        int released = release(handle, holder, only(settlements, Settlement.Released.class));
        tally.write(handle, counter);
        int stale = settlements.size() - delivered - dead - retried - released;
        return new Settled(delivered, retried, dead, released, stale);
    }

    private static int deliver(Handle handle, int holder, List<Settlement.Delivered> settlements, Tally tally) {
        List<Settlement.Delivered> held = remove(handle, holder, settlements);
        BulkWrite.execute(handle, """
                INSERT INTO delivered_job (id, message_id, consumer_id, attempts, changed_at)
                VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6))
                """, held, (row, settlement) -> {
            LeasedJob job = settlement.job();
            row.setBytes(1, job.id().bytes());
            row.setBytes(2, job.messageId().bytes());
            row.setBytes(3, job.consumerId().bytes());
            row.setInt(4, job.attempts());
        });
        held.forEach(settlement -> tally.delivered(settlement.job().consumerId(), 1));
        return held.size();
    }

    private static int bury(Handle handle, int holder, List<Settlement.Dead> settlements, Tally tally) {
        List<Settlement.Dead> held = remove(handle, holder, settlements);
        BulkWrite.execute(handle, """
                INSERT INTO dead_job (id, message_id, consumer_id, priority, size, attempts, possible_duplicate,
                  changed_at, reason, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6), ?, ?)
                """, held, (row, settlement) -> {
            LeasedJob job = settlement.job();
            row.setBytes(1, job.id().bytes());
            row.setBytes(2, job.messageId().bytes());
            row.setBytes(3, job.consumerId().bytes());
            row.setInt(4, job.priority());
            row.setInt(5, job.size());
            row.setInt(6, job.attempts());
            row.setBoolean(7, job.possibleDuplicate() || settlement.failure().mayHaveArrived());
            row.setString(8, settlement.failure().reason());
            row.setString(9, settlement.failure().detail());
        });
        held.forEach(settlement -> tally.dead(settlement.job().consumerId(), 1));
        return held.size();
    }

    /** Those that were still held: only they may be written to another table. */
    private static <T extends Settlement> List<T> remove(Handle handle, int holder, List<T> settlements) {
        if (settlements.isEmpty()) {
            return settlements;
        }
        Set<Xid> removed = new HashSet<>(handle.createQuery(
                        "DELETE FROM job WHERE id IN (<ids>) AND holder = :holder RETURNING id")
                .bindList(
                        "ids", settlements.stream().map(each -> each.job().id()).toList())
                .bind("holder", holder)
                .mapTo(Xid.class)
                .list());
        return settlements.stream()
                .filter(each -> removed.contains(each.job().id()))
                .toList();
    }

    /**
     * One update for all, joined in the order that is written: by primary key. The empty select gives the columns of the values their names
     * and types. The process has outlived the attempt, so the job is no suspect any more.
     */
    private static int retry(Handle handle, int holder, List<Settlement.Retry> settlements) {
        if (settlements.isEmpty()) {
            return 0;
        }
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
                  job.changed_at = UTC_TIMESTAMP(6), job.reason = failed.reason, job.detail = failed.detail
                WHERE job.holder =
                """ + holder, settlements, (row, first, settlement) -> {
                    row.setBytes(first, settlement.job().id().bytes());
                    row.setLong(first + 1, settlement.delay().toNanos() / 1000);
                    row.setBoolean(first + 2, settlement.failure().mayHaveArrived());
                    row.setString(first + 3, settlement.failure().reason());
                    row.setString(first + 4, settlement.failure().detail());
                });
    }

    private static int release(Handle handle, int holder, List<Settlement.Released> settlements) {
        int released = 0;
        for (boolean mayHaveArrived : new boolean[] {false, true}) {
            List<Xid> ids = settlements.stream()
                    .filter(settlement -> settlement.mayHaveArrived() == mayHaveArrived)
                    .map(settlement -> settlement.job().id())
                    .toList();
            if (!ids.isEmpty()) {
                released += handle.createUpdate("""
                                UPDATE job SET holder = 0, possible_duplicate = possible_duplicate OR :mayHaveArrived,
                                  changed_at = UTC_TIMESTAMP(6)
                                WHERE id IN (<ids>) AND holder = :holder
                                """)
                        .bind("mayHaveArrived", mayHaveArrived)
                        .bind("holder", holder)
                        .bindList("ids", ids)
                        .execute();
            }
        }
        return released;
    }

    private static <T extends Settlement> List<T> only(List<Settlement> settlements, Class<T> kind) {
        return settlements.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
