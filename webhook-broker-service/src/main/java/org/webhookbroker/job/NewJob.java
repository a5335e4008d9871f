package org.webhookbroker.job;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.webhookbroker.database.Xid;

/**
 * A row to be inserted into {@code job}.
 *
 * @param holder the incarnation that delivers it from memory right after the commit, {@link LiveJob#PULL_HOLDER}, or {@link #QUEUED}
 * @param size bytes of the message's payload and headers
 */
public record NewJob(Xid id, Xid messageId, Xid consumerId, int holder, int priority, int size, Past past) {
    /**
     * What is known of the job from before.
     *
     * @param delay until {@code due_at}
     */
    public record Past(
            WaitingLine line,
            Duration delay,
            int attempts,
            boolean possibleDuplicate,
            String reason,
            String detail,
            int pullTimeout) {
        static final Past NONE = new Past(WaitingLine.FIRST, Duration.ZERO, 0, false, "", "", 0);

        /** Sets the parameters of one row, from the 7th on. */
        void bind(PreparedStatement row) throws SQLException {
            row.setInt(7, line.column());
            row.setLong(8, delay.toNanos() / 1000);
            row.setInt(9, attempts);
            row.setBoolean(10, possibleDuplicate);
            row.setString(11, reason);
            row.setString(12, detail);
            row.setInt(13, pullTimeout);
        }

        /** Its consumer may have had the message, of which nothing else is known. */
        public static final Past PERHAPS_DELIVERED = new Past(WaitingLine.FIRST, Duration.ZERO, 0, true, "", "", 0);
    }

    public static final int QUEUED = 0;

    /** Of a message that is inserted with it. */
    public NewJob(Xid id, Xid messageId, Xid consumerId, int holder, int priority, int size) {
        this(id, messageId, consumerId, holder, priority, size, Past.NONE);
    }

    boolean hasPast() {
        return !past.equals(Past.NONE);
    }
}
