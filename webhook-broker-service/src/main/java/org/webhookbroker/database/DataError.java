package org.webhookbroker.database;

import java.sql.SQLException;
import org.mariadb.jdbc.export.MaxAllowedPacketException;

/** Failures that are about the values of a statement, so that it fails as often as it is tried. */
public final class DataError {
    private static final String DATA_EXCEPTION = "22";
    private static final int PACKET_TOO_LARGE = 1153;
    private static final int TRUNCATED = 1265;
    private static final int WRONG_VALUE = 1366;

    private DataError() {}

    /** A value too long, out of range, or of the wrong kind; or a statement that is larger than the server accepts. */
    public static boolean isCauseOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MaxAllowedPacketException
                    || (cause instanceof SQLException error && isOfData(error))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfData(SQLException error) {
        String state = error.getSQLState();
        return (state != null && state.startsWith(DATA_EXCEPTION))
                || error.getErrorCode() == PACKET_TOO_LARGE
                || error.getErrorCode() == TRUNCATED
                || error.getErrorCode() == WRONG_VALUE;
    }
}
