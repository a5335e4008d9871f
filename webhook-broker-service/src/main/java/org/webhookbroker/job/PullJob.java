package org.webhookbroker.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/**
 * A live job of a pull consumer, as its row says.
 *
 * @param timeout seconds that were added to its lease, for good
 * @param since when it came into its state
 * @param until when its lease ends, or when it dies as a last call
 */
public record PullJob(LeasedJob job, int timeout, Instant since, Instant until) {
    /** Of leases that belong to a consumer and not to an incarnation: no node that dies ends them, only their time does. */
    public static final int HOLDER = Integer.MAX_VALUE;

    public Xid id() {
        return job.id();
    }

    public PullReceipt receipt() {
        return new PullReceipt(job.id(), job.attempts(), since);
    }

    static PullJob of(ResultSet row, Xid consumer) throws SQLException {
        LeasedJob job = new LeasedJob(
                Columns.xid(row, "id"),
                Columns.xid(row, "message_id"),
                consumer,
                row.getInt("holder"),
                row.getInt("priority"),
                row.getInt("size"),
                row.getInt("attempts"),
                row.getBoolean("possible_duplicate"));
        return new PullJob(
                job, row.getInt("pull_timeout"), Columns.instant(row, "changed_at"), Columns.instant(row, "due_at"));
    }
}
