package org.webhookbroker.delivery;

import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.webhookbroker.database.Xid;

/**
 * What one transaction adds to the counters, written once at its end. The counters make accepted = delivered + dead +
 * removed + live provable (G2) and reading them cheap. Rows are kept per incarnation, so that nodes do not wait for each
 * other, and written in the order of their keys, so that transactions of one node do not deadlock. Not thread-safe.
 */
public final class Tally {
    private static final class Counts {
        private long accepted;
        private long delivered;
        private long dead;
        private long removed;
        private long died;
        private long archived;
    }

    private final Map<Xid, Counts> changes = new TreeMap<>();

    public Tally accepted(Xid owner, long count) {
        of(owner).accepted += count;
        return this;
    }

    public Tally delivered(Xid owner, long count) {
        of(owner).delivered += count;
        return this;
    }

    /** Negative for dead jobs that were requeued or purged; deaths are counted besides, for good. */
    public Tally dead(Xid owner, long count) {
        of(owner).dead += count;
        of(owner).died += Math.max(count, 0);
        return this;
    }

    public Tally removed(Xid owner, long count) {
        of(owner).removed += count;
        return this;
    }

    /** Delivered jobs of a consumer, or messages of a channel, that left the tables for an archive. */
    public Tally archived(Xid owner, long count) {
        of(owner).archived += count;
        return this;
    }

    public void write(Handle handle, int incarnation) {
        if (changes.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO tally (owner_id, incarnation, accepted, delivered, dead, removed, archived, died,
                  first_delivered_at, last_delivered_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?,
                  IF(delivered > 0, UTC_TIMESTAMP(6), NULL), IF(delivered > 0, UTC_TIMESTAMP(6), NULL))
                ON DUPLICATE KEY UPDATE
                  accepted = accepted + VALUES(accepted), delivered = delivered + VALUES(delivered),
                  dead = dead + VALUES(dead), removed = removed + VALUES(removed),
                  died = died + VALUES(died),
                  archived = archived + VALUES(archived),
                  first_delivered_at = COALESCE(first_delivered_at, VALUES(first_delivered_at)),
                  last_delivered_at = COALESCE(VALUES(last_delivered_at), last_delivered_at)
                """);
        changes.forEach((owner, counts) -> batch.bind(0, owner.bytes())
                .bind(1, incarnation)
                .bind(2, counts.accepted)
                .bind(3, counts.delivered)
                .bind(4, counts.dead)
                .bind(5, counts.removed)
                .bind(6, counts.archived)
                .bind(7, counts.died)
                .add());
        batch.execute();
    }

    private Counts of(Xid owner) {
        return changes.computeIfAbsent(owner, id -> new Counts());
    }
}
