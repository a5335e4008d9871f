package org.webhookbroker.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Sums of the counters. A state is derived: live = accepted - delivered - dead - removed. */
public final class TallyStore {
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

    private static final String SUMS = """
            SELECT owner_id, SUM(accepted) AS accepted, SUM(delivered) AS delivered, SUM(dead) AS dead,
              SUM(removed) AS removed, SUM(archived) AS archived, SUM(died) AS died,
              MIN(first_delivered_at) AS first_delivered, MAX(last_delivered_at) AS last_delivered
            FROM tally
            """;

    /** By owner; an owner that never had anything is absent. */
    public Map<Xid, Totals> all(Handle handle) {
        return byOwner(handle.createQuery(SUMS + "GROUP BY owner_id"));
    }

    /** The same of some owners. */
    public Map<Xid, Totals> of(Handle handle, Collection<Xid> owners) {
        return byOwner(handle.createQuery(SUMS + "WHERE owner_id IN (<owners>) GROUP BY owner_id")
                .bindList("owners", List.copyOf(owners)));
    }

    private static Map<Xid, Totals> byOwner(Query sums) {
        return sums.map((row, context) -> Map.entry(Columns.xid(row, "owner_id"), totals(row))).list().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    public Totals of(Handle handle, Xid owner) {
        return handle.createQuery("""
                        SELECT COALESCE(SUM(accepted), 0) AS accepted, COALESCE(SUM(delivered), 0) AS delivered,
                          COALESCE(SUM(dead), 0) AS dead, COALESCE(SUM(removed), 0) AS removed,
                          COALESCE(SUM(archived), 0) AS archived, COALESCE(SUM(died), 0) AS died,
                          MIN(first_delivered_at) AS first_delivered, MAX(last_delivered_at) AS last_delivered
                        FROM tally WHERE owner_id = :owner
                        """)
                .bind("owner", owner)
                .map((row, context) -> totals(row))
                .one();
    }

    private static Totals totals(ResultSet row) throws SQLException {
        return new Totals(
                row.getLong("accepted"),
                row.getLong("delivered"),
                row.getLong("dead"),
                row.getLong("removed"),
                row.getLong("archived"),
                row.getLong("died"),
                Columns.instantOrNull(row, "first_delivered"),
                Columns.instantOrNull(row, "last_delivered"));
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
}
