package org.webhookbroker.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/**
 * A row of {@code job}.
 *
 * @param holder {@link NewJob#QUEUED}, {@link #PULL_HOLDER}, or the incarnation that has it in flight
 * @param line in which it waits, or waited before it was taken
 * @param dueAt when it may be taken; when the lease of its pull consumer ends; or when it dies as a last call
 * @param attempts failed attempts so far
 * @param takeovers how many incarnations died holding it
 * @param possibleDuplicate an earlier attempt may have arrived
 * @param changedAt when it came into its state
 * @param reason why the last attempt failed, a code; empty before
 * @param pullTimeout seconds that were added to the leases of its pull consumer, for good
 * @param unreachableSince since when nobody could be reached for it; null once somebody was
 */
public record LiveJob(
        Xid id,
        Xid messageId,
        Xid consumerId,
        int holder,
        WaitingLine line,
        int priority,
        Instant dueAt,
        int size,
        int attempts,
        int takeovers,
        boolean possibleDuplicate,
        Instant changedAt,
        String reason,
        String detail,
        int pullTimeout,
        @Nullable Instant unreachableSince) {
    /**
     * The holder of leases that belong to a consumer and not to an incarnation. The death of a node does not end them, only their
     * time does.
     */
    public static final int PULL_HOLDER = Integer.MAX_VALUE;

    static final String COLUMNS = """
            id, message_id, consumer_id, holder, priority, size, retry, due_at, attempts, takeovers, possible_duplicate,
            changed_at, reason, detail, pull_timeout, unreachable_since
            """;

    /** The beginning of each statement that reads whole rows. */
    public static final String SELECT = "SELECT " + COLUMNS + "FROM job\n";

    public static LiveJob of(ResultSet row, StatementContext context) throws SQLException {
        return new LiveJob(
                Columns.xid(row, "id"),
                Columns.xid(row, "message_id"),
                Columns.xid(row, "consumer_id"),
                row.getInt("holder"),
                WaitingLine.of(row.getInt("retry")),
                row.getInt("priority"),
                Columns.instant(row, "due_at"),
                row.getInt("size"),
                row.getInt("attempts"),
                row.getInt("takeovers"),
                row.getBoolean("possible_duplicate"),
                Columns.instant(row, "changed_at"),
                row.getString("reason"),
                row.getString("detail"),
                row.getInt("pull_timeout"),
                Columns.instantOrNull(row, "unreachable_since"));
    }

    /** As its holder keeps it in memory. */
    public LeasedJob leased() {
        return leasedBy(holder);
    }

    LeasedJob leasedBy(int newHolder) {
        return new LeasedJob(
                id,
                messageId,
                consumerId,
                newHolder,
                priority,
                size,
                attempts,
                possibleDuplicate,
                unreachableSince != null);
    }

    /** As {@link JobStore#lease(org.jdbi.v3.core.Handle, java.util.List, java.time.Instant, java.time.Instant)} writes it. */
    LiveJob leasedToConsumer(Instant since, Instant until) {
        return new LiveJob(
                id,
                messageId,
                consumerId,
                PULL_HOLDER,
                line == WaitingLine.FIRST ? line : WaitingLine.RETRY,
                priority,
                until,
                size,
                attempts,
                takeovers,
                possibleDuplicate,
                since,
                reason,
                detail,
                pullTimeout,
                unreachableSince);
    }
}
