package org.webhookbroker.database;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server or the driver says of a failure.
 *
 * @param cause null if neither of them has failed
 */
record SqlFailure(@Nullable SQLException cause) {
    private static final int DUPLICATE_KEY = 1062;
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int DEADLOCK = 1213;
    private static final int PRIVILEGE_MISSING = 1227;
    private static final int SESSION_KILLED = 1927;
    private static final int STATEMENT_TIMEOUT = 1969;
    /** The driver went to the next server of its URL. In a bulk statement nothing but this state says so. */
    private static final String MOVED = "25S03";

    private static final int NO_SPACE_LEFT = 28;
    private static final int ENGINE_ERROR = 1030;

    /** A full disk, a full table space, no room for undo logs; --read-only, as a replica has it, and a read-only engine. */
    private static final Set<Integer> NO_WRITES = Set.of(1021, 1114, 1637, 1290, 1836);

    static SqlFailure of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return new SqlFailure(sql);
            }
        }
        return new SqlFailure(null);
    }

    boolean isDuplicateKey() {
        return code() == DUPLICATE_KEY;
    }

    /** A row or a table was locked for too long. */
    boolean isLockWait() {
        return code() == LOCK_WAIT_TIMEOUT;
    }

    /**
     * The transaction was rolled back for certain. On Galera this is also the usual answer to a commit that lost against a
     * commit on another node.
     */
    boolean isDeadlock() {
        return code() == DEADLOCK;
    }

    /** The user lacks a privilege of the whole server. */
    boolean isDenied() {
        return code() == PRIVILEGE_MISSING;
    }

    boolean isRefusedForNow() {
        return code() == STATEMENT_TIMEOUT
                || NO_WRITES.contains(code())
                || (code() == ENGINE_ERROR
                        && String.valueOf(cause == null ? null : cause.getMessage())
                                .contains("Got error " + NO_SPACE_LEFT + " "));
    }

    boolean isConnectionLoss() {
        if (cause == null) {
            return false;
        }
        String state = cause.getSQLState();
        return code() == SESSION_KILLED
                || cause instanceof SQLNonTransientConnectionException
                || cause instanceof SQLRecoverableException
                || cause instanceof SQLTransientException
                || (state != null && (state.startsWith("08") || state.equals(MOVED)));
    }

    private int code() {
        return cause == null ? 0 : cause.getErrorCode();
    }
}
