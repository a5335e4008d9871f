package org.webhookbroker.database;

import java.sql.SQLException;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.mariadb.jdbc.export.MaxAllowedPacketException;

/** Failures caused by the values of a statement: it fails each time it is tried. */
public final class DataError {
    private static final String DATA_EXCEPTION = "22";
    private static final int TRUNCATED = 1265;
    private static final int WRONG_VALUE = 1366;

    private DataError() {}

    /** A value too long, out of range, or of the wrong kind; or a statement that is larger than the server accepts. */
    public static boolean isCauseOf(Throwable failure) {
        return isPacketTooLarge(failure)
                || hasCause(failure, cause -> cause instanceof SQLException error && isOfValues(error));
    }

    /** The driver knows what the server accepts, and sends nothing larger. */
    static boolean isPacketTooLarge(Throwable failure) {
        return hasCause(failure, MaxAllowedPacketException.class::isInstance);
    }

    private static boolean isOfValues(SQLException error) {
        String state = error.getSQLState();
        return (state != null && state.startsWith(DATA_EXCEPTION))
                || error.getErrorCode() == TRUNCATED
                || error.getErrorCode() == WRONG_VALUE;
    }

    private static boolean hasCause(Throwable failure, Predicate<Throwable> condition) {
        return Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(condition);
    }
}
