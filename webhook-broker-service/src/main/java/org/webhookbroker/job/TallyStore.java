package org.webhookbroker.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Sums of the counters. A state is derived: live = accepted - delivered - dead - removed. */
public final class TallyStore {
    /** Of which each may have a slot: those who read at once must not need much memory together (G8). */
    private static final int ROWS_AT_A_TIME = 16;

    /** One statement, which sees what leaves a slot for the counters in exactly one of the two. */
    private static final String SUMS = """
            SELECT owner_id, SUM(accepted) AS accepted, SUM(delivered) AS delivered, SUM(dead) AS dead,
              SUM(removed) AS removed, SUM(archived) AS archived, SUM(died) AS died,
              MIN(first_delivered_at) AS first_delivered, MAX(last_delivered_at) AS last_delivered, NULL AS changes
            FROM tally %s GROUP BY owner_id
            UNION ALL
            SELECT NULL, 0, 0, 0, 0, 0, 0, NULL, NULL, changes FROM tally_slot WHERE changes <> '' %s
            """;

    /**
     * Sums for one consumer (jobs) or one channel (messages, where only accepted and removed count). The times are null when
     * nothing was delivered yet.
     *
     * @param dead jobs that are dead now
     * @param died jobs that ever died, once for each death
     */
    public record Totals(
            long accepted,
            long delivered,
            long dead,
            long removed,
            long archived,
            long died,
            @Nullable Instant firstDelivered,
            @Nullable Instant lastDelivered) {
        public static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, null, null);

        public long live() {
            return accepted - delivered - dead - removed;
        }

        /** Of a channel: the messages that are in the table. */
        public long stored() {
            return accepted - removed - archived;
        }
    }

    private final TallySlots slots = new TallySlots();
    private final TallyRows rows = new TallyRows();

    /** By owner; an owner that never had anything is absent. */
    public Map<Xid, Totals> all(Handle handle) {
        return sums(handle.createQuery(SUMS.formatted("", "")));
    }

    /** The same of some owners. */
    public Map<Xid, Totals> of(Handle handle, Collection<Xid> owners) {
        Map<Xid, Totals> sums = sums(handle.createQuery(SUMS.formatted("WHERE owner_id IN (<owners>)", ""))
                .bindList("owners", List.copyOf(owners)));
        sums.keySet().retainAll(Set.copyOf(owners));
        return sums;
    }

    public Totals of(Handle handle, Xid owner) {
        return sums(handle.createQuery(SUMS.formatted("WHERE owner_id = :owner", "AND LOCATE(:owner, changes) > 0"))
                        .bind("owner", owner))
                .getOrDefault(owner, Totals.NONE);
    }

    private static Map<Xid, Totals> sums(Query query) {
        return query
                .setFetchSize(ROWS_AT_A_TIME)
                .reduceResultSet(new Changes(), TallyStore::add)
                .byOwner()
                .entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> totals(each.getValue())));
    }

    private static Changes add(Changes sums, ResultSet row, StatementContext context) throws SQLException {
        byte[] slot = row.getBytes("changes");
        if (slot != null) {
            sums.addAll(slot);
            return sums;
        }
        Counts counts = sums.of(Columns.xid(row, "owner_id"));
        for (Counter counter : Counter.ALL) {
            counts.add(counter, row.getLong(counter.column()));
        }
        Instant first = Columns.instantOrNull(row, "first_delivered");
        Instant last = Columns.instantOrNull(row, "last_delivered");
        if (first != null && last != null) {
            counts.deliveredAt(first);
            counts.deliveredAt(last);
        }
        return sums;
    }

    private static Totals totals(Counts counts) {
        return new Totals(
                counts.of(Counter.ACCEPTED),
                counts.of(Counter.DELIVERED),
                counts.of(Counter.DEAD),
                counts.of(Counter.REMOVED),
                counts.of(Counter.ARCHIVED),
                counts.of(Counter.DIED),
                counts.firstDelivered(),
                counts.lastDelivered());
    }

    /**
     * Moves what an ended incarnation counted into the common row, so that the table does not grow with restarts. The caller
     * has its row locked.
     */
    public void fold(Handle handle, int incarnation) {
        handle.createUpdate("""
                        INSERT INTO tally (owner_id, incarnation, accepted, delivered, dead, removed, archived, died,
                          first_delivered_at, last_delivered_at)
                        SELECT owner_id, :common, accepted, delivered, dead, removed, archived, died, first_delivered_at,
                          last_delivered_at
                        FROM tally AS ended WHERE ended.incarnation = :incarnation ORDER BY owner_id
                        ON DUPLICATE KEY UPDATE
                          accepted = tally.accepted + ended.accepted, delivered = tally.delivered + ended.delivered,
                          dead = tally.dead + ended.dead, removed = tally.removed + ended.removed,
                          archived = tally.archived + ended.archived, died = tally.died + ended.died,
                          first_delivered_at = COALESCE(LEAST(tally.first_delivered_at, ended.first_delivered_at),
                            tally.first_delivered_at, ended.first_delivered_at),
                          last_delivered_at = COALESCE(GREATEST(tally.last_delivered_at, ended.last_delivered_at),
                            tally.last_delivered_at, ended.last_delivered_at)
                        """)
                .bind("common", Tally.COMMON)
                .bind("incarnation", incarnation)
                .execute();
        handle.createUpdate("DELETE FROM tally WHERE incarnation = :incarnation")
                .bind("incarnation", incarnation)
                .execute();
    }

    /** Drops what was counted of an owner that is removed, and to which nothing is added meanwhile. */
    public void forget(Handle handle, Xid owner) {
        slots.takeOf(handle, owner).forEach(left -> rows.add(handle, left.incarnation(), left.changes()));
        handle.createUpdate("DELETE FROM tally WHERE owner_id = :owner")
                .bind("owner", owner)
                .execute();
    }
}
