package org.webhookbroker.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.apache.tomcat.jdbc.pool.PooledConnection;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Writes many rows at once. Inserts go by the driver's bulk protocol: one packet for all. Jdbi's own batches ask for generated keys, for
 * which the driver silently falls back to a statement a row: measured here, four times the database's CPU.
 */
public final class BulkWrite {
    /** Sets the parameters of one row, from position 1. */
    public interface Binder<T> {
        void bind(PreparedStatement statement, T row) throws SQLException;
    }

    /** Sets the parameters of one row of many in a statement, from position {@code first}. */
    public interface RowBinder<T> {
        void bind(PreparedStatement statement, int first, T row) throws SQLException;
    }

    private static final class BulkWriteException extends JdbiException {
        private static final long serialVersionUID = 1L;

        BulkWriteException(SQLException cause) {
            super(cause);
        }
    }

    private BulkWrite() {}

    /** Runs in the transaction of {@code handle}. After a {@link JdbiException} that transaction must be rolled back. */
    public static <T> void execute(Handle handle, String sql, Collection<T> rows, Binder<? super T> binder) {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
            for (T row : rows) {
                binder.bind(statement, row);
                statement.addBatch();
            }
            requireOneEach(statement.executeBatch());
        } catch (SQLException failure) {
            if (DataError.isPacketTooLarge(failure)) {
                discard(handle.getConnection());
            }
            throw new BulkWriteException(failure);
        }
    }

    /** A server older than 10.11 or so does not tell. */
    private static void requireOneEach(int[] counts) {
        for (int count : counts) {
            if (count != 1 && count != Statement.SUCCESS_NO_INFO) {
                throw new IllegalStateException("The database counts " + count + " rows where one was inserted");
            }
        }
    }

    /**
     * Writes one statement with many rows, for what the bulk protocol cannot do: {@code ON DUPLICATE KEY}, or the number of
     * rows that an update found. It bypasses Jdbi, which would cache the parsed statement for each number of rows.
     *
     * @param before the rows
     * @param row one row, with the same number of parameters each
     * @param after the rows
     * @return how many rows the database counts
     */
    public static <T> int execute(
            Handle handle, String before, String row, String after, List<T> rows, RowBinder<? super T> binder) {
        if (rows.isEmpty()) {
            return 0;
        }
        String sql = before + String.join(", ", Collections.nCopies(rows.size(), row)) + after;
        int width = (int) row.chars().filter(character -> character == '?').count();
        try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
            for (int i = 0; i < rows.size(); i++) {
                binder.bind(statement, 1 + i * width, rows.get(i));
            }
            return statement.executeUpdate();
        } catch (SQLException failure) {
            throw new BulkWriteException(failure);
        }
    }

    /**
     * The driver (3.5.9) refuses a packet after it has sent the statement to be prepared, and leaves the server's answer to
     * that unread: the next user of the connection would read it as the answer to another statement.
     */
    private static void discard(Connection connection) {
        try {
            connection.unwrap(PooledConnection.class).setDiscarded(true);
        } catch (SQLException broken) {
            throw new BulkWriteException(broken);
        }
    }
}
