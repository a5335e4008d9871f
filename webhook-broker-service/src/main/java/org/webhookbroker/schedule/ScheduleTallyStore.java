package org.webhookbroker.schedule;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Sums of the counters of scheduled messages. */
public final class ScheduleTallyStore {
    /**
     * Of one channel.
     *
     * @param prunedDispatched of the dispatched ones, those whose records are deleted
     * @param prunedCancelled of the cancelled ones, those whose records are deleted
     */
    public record Totals(
            long accepted,
            long dispatched,
            long duplicates,
            long cancelled,
            long prunedDispatched,
            long prunedCancelled) {
        public static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0);

        public long waiting() {
            return accepted - dispatched - cancelled;
        }

        /** Records that are stored. */
        public long in(ScheduleState state) {
            return switch (state) {
                case SCHEDULED -> waiting();
                case DISPATCHED -> dispatched - prunedDispatched;
                case CANCELLED -> cancelled - prunedCancelled;
            };
        }
    }

    /** @param nextDue null when none waits */
    public record Standing(Totals totals, @Nullable Instant nextDue) {}

    /** By channel; one that never had a scheduled message is absent. */
    public Map<Xid, Totals> all(Handle handle) {
        return handle
                .createQuery("""
                        SELECT channel_id, SUM(accepted) AS accepted, SUM(dispatched) AS dispatched,
                          SUM(duplicates) AS duplicates, SUM(cancelled) AS cancelled,
                          SUM(pruned_dispatched) AS pruned_dispatched, SUM(pruned_cancelled) AS pruned_cancelled
                        FROM scheduled_tally GROUP BY channel_id
                        """)
                .map((row, context) -> Map.entry(Columns.xid(row, "channel_id"), totals(row)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** One statement, so counters and time are of the same moment. */
    public Standing of(Handle handle, Xid channel) {
        return handle.createQuery("""
                        SELECT COALESCE(SUM(accepted), 0) AS accepted, COALESCE(SUM(dispatched), 0) AS dispatched,
                          COALESCE(SUM(duplicates), 0) AS duplicates, COALESCE(SUM(cancelled), 0) AS cancelled,
                          COALESCE(SUM(pruned_dispatched), 0) AS pruned_dispatched,
                          COALESCE(SUM(pruned_cancelled), 0) AS pruned_cancelled,
                          (SELECT MIN(due_at) FROM scheduled_due WHERE channel_id = :channel) AS next_due
                        FROM scheduled_tally WHERE channel_id = :channel
                        """)
                .bind("channel", channel)
                .map((row, context) -> new Standing(totals(row), Columns.instantOrNull(row, "next_due")))
                .one();
    }

    private static Totals totals(ResultSet row) throws SQLException {
        return new Totals(
                row.getLong("accepted"),
                row.getLong("dispatched"),
                row.getLong("duplicates"),
                row.getLong("cancelled"),
                row.getLong("pruned_dispatched"),
                row.getLong("pruned_cancelled"));
    }
}
