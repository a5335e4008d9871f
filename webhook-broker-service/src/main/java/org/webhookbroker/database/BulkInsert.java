package org.webhookbroker.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import org.apache.tomcat.jdbc.pool.PooledConnection;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Inserts many rows by the driver's bulk protocol: one packet for all. Jdbi's own batches ask for generated keys, for which
 * the driver silently falls back to a statement a row: measured here, four times the database's CPU.
 */
public final class BulkInsert {
    /** Sets the parameters of one row, from position 1. */
    public interface Binder<T> {
        void bind(PreparedStatement statement, T row) throws SQLException;
    }

    private static final class BulkInsertException extends JdbiException {
        private static final long serialVersionUID = 1L;

        BulkInsertException(SQLException cause) {
            super(cause);
        }
    }

    private BulkInsert() {}

    /** In the transaction of {@code handle}: all rows or, with a {@link JdbiException}, none that counts. */
    public static <T> void execute(Handle handle, String sql, Collection<T> rows, Binder<? super T> binder) {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
            for (T row : rows) {
                binder.bind(statement, row);
                statement.addBatch();
            }
            statement.executeBatch();
        } catch (SQLException failure) {
            if (DataError.isPacketTooLarge(failure)) {
                discard(handle.getConnection());
            }
            throw new BulkInsertException(failure);
        }
    }

    /**
     * The driver (3.5.9) refuses a packet after it has sent the statement to be prepared, and leaves the server's answer to
     * that unread: whoever used the connection next would read it as the answer to something else.
     */
    private static void discard(Connection connection) {
        try {
            connection.unwrap(PooledConnection.class).setDiscarded(true);
        } catch (SQLException broken) {
            throw new BulkInsertException(broken);
        }
    }
}
