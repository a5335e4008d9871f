package org.webhookbroker.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jdbi.v3.core.statement.StatementContext;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** A row of {@code dead_job}. The values mean what they mean in {@link LiveJob}. */
record DeadJob(
        Xid id,
        Xid messageId,
        Xid consumerId,
        int priority,
        int size,
        int attempts,
        boolean possibleDuplicate,
        Instant changedAt,
        String reason,
        String detail,
        int pullTimeout) {
    static final String COLUMNS = """
            id, message_id, consumer_id, priority, size, attempts, possible_duplicate, changed_at, reason, detail, pull_timeout
            """;

    static final String SELECT = "SELECT " + COLUMNS + "FROM dead_job\n";

    /** It had all its retries, or was given up since each process that held it died, or since nobody could be reached for so long. */
    static final String EXHAUSTED =
            "(attempts >= :maxRetries OR reason IN ('" + Failure.CRASH_LOOP + "', '" + Failure.UNREACHABLE + "'))";

    static DeadJob of(ResultSet row, StatementContext context) throws SQLException {
        return new DeadJob(
                Columns.xid(row, "id"),
                Columns.xid(row, "message_id"),
                Columns.xid(row, "consumer_id"),
                row.getInt("priority"),
                row.getInt("size"),
                row.getInt("attempts"),
                row.getBoolean("possible_duplicate"),
                Columns.instant(row, "changed_at"),
                row.getString("reason"),
                row.getString("detail"),
                row.getInt("pull_timeout"));
    }

    Job asJob() {
        return new Job(
                id,
                messageId,
                consumerId,
                JobState.DEAD,
                changedAt,
                NewJob.QUEUED,
                attempts,
                changedAt,
                reason,
                detail,
                null);
    }

    /** Due now, with all its attempts ahead. */
    NewJob requeued() {
        return asNew(
                NewJob.QUEUED,
                new NewJob.Past(WaitingLine.FIRST, Duration.ZERO, 0, possibleDuplicate, "", "", pullTimeout));
    }

    /**
     * Leased by its pull consumer, which counts as one more attempt.
     *
     * @param base of the lease, to which the timeout is added
     * @param timeout in seconds; 0 leaves the one that it had
     */
    NewJob revived(Duration base, int timeout) {
        int added = timeout > 0 ? timeout : pullTimeout;
        return asNew(
                LiveJob.PULL_HOLDER,
                new NewJob.Past(
                        WaitingLine.RETRY,
                        base.plusSeconds(added),
                        attempts + 1,
                        possibleDuplicate,
                        reason,
                        detail,
                        added));
    }

    private NewJob asNew(int holder, NewJob.Past past) {
        return new NewJob(id, messageId, consumerId, holder, priority, size, past);
    }
}
