package org.webhookbroker.job;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.BulkWrite;
import org.webhookbroker.database.Xid;

/**
 * What one transaction adds to the counters, written once at its end. The counters make accepted = delivered + dead +
 * removed + live provable (G2) and reading them cheap. Rows are kept per incarnation, so that nodes do not wait for each
 * other, and written in the order of their keys, so that transactions of one node do not deadlock. Not thread-safe.
 */
public final class Tally {
    /**
     * The row of no incarnation, which can be written without having one. No settlement writes it, so none waits for a slow
     * transaction that does. What ended incarnations counted is added to it.
     */
    public static final int COMMON = 0;

    /** Of one statement: an intake for a thousand channels changes two thousand counters. */
    private static final int ROWS = 500;

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
        List<Xid> owners = List.copyOf(changes.keySet());
        for (int from = 0; from < owners.size(); from += ROWS) {
            write(handle, incarnation, owners.subList(from, Math.min(from + ROWS, owners.size())));
        }
    }

    private void write(Handle handle, int incarnation, List<Xid> owners) {
        BulkWrite.execute(handle, """
                INSERT INTO tally (owner_id, incarnation, accepted, delivered, dead, removed, archived, died,
                  first_delivered_at, last_delivered_at)
                VALUES
                """, """
                (?, ?, ?, ?, ?, ?, ?, ?, IF(delivered > 0, UTC_TIMESTAMP(6), NULL),
                  IF(delivered > 0, UTC_TIMESTAMP(6), NULL))
                """, """
                ON DUPLICATE KEY UPDATE
                  accepted = accepted + VALUES(accepted), delivered = delivered + VALUES(delivered),
                  dead = dead + VALUES(dead), removed = removed + VALUES(removed),
                  died = died + VALUES(died),
                  archived = archived + VALUES(archived),
                  first_delivered_at = COALESCE(first_delivered_at, VALUES(first_delivered_at)),
                  last_delivered_at = COALESCE(VALUES(last_delivered_at), last_delivered_at)
                """, owners, (row, first, owner) -> {
            Counts counts = of(owner);
            row.setBytes(first, owner.bytes());
            row.setInt(first + 1, incarnation);
            row.setLong(first + 2, counts.accepted);
            row.setLong(first + 3, counts.delivered);
            row.setLong(first + 4, counts.dead);
            row.setLong(first + 5, counts.removed);
            row.setLong(first + 6, counts.archived);
            row.setLong(first + 7, counts.died);
        });
    }

    private Counts of(Xid owner) {
        return changes.computeIfAbsent(owner, id -> new Counts());
    }
}
