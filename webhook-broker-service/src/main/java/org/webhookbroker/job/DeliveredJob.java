package org.webhookbroker.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.statement.StatementContext;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/**
 * A row of {@code delivered_job}.
 *
 * @param attempts failed ones before the delivery
 */
public record DeliveredJob(Xid id, Xid messageId, Xid consumerId, int attempts, Instant deliveredAt) {
    static final String COLUMNS = "id, message_id, consumer_id, attempts, changed_at\n";

    public static final String SELECT = "SELECT " + COLUMNS + "FROM delivered_job\n";

    public static DeliveredJob of(ResultSet row, StatementContext context) throws SQLException {
        return new DeliveredJob(
                Columns.xid(row, "id"),
                Columns.xid(row, "message_id"),
                Columns.xid(row, "consumer_id"),
                row.getInt("attempts"),
                Columns.instant(row, "changed_at"));
    }
}
