package org.webhookbroker.database;

import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where transactions begin. A transaction that lost a deadlock, a lock wait or its connection is run again as a whole, so
 * its callback must be repeatable. Thread-safe.
 */
public final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private static final int ATTEMPTS = 5;
    private static final int DUPLICATE_KEY = 1062;
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int DEADLOCK = 1213;
    private static final int SESSION_KILLED = 1927;
    private static final int STATEMENT_TIMEOUT = 1969;
    /** The driver went to the next server of its URL. In a bulk statement nothing but this state says so. */
    private static final String MOVED = "25S03";

    private static final int NO_SPACE_LEFT = 28;
    private static final int ENGINE_ERROR = 1030;

    /** A full disk, a full table space, no room for undo logs; --read-only, as a replica has it, and a read-only engine. */
    private static final Set<Integer> NO_WRITES = Set.of(1021, 1114, 1637, 1290, 1836);

    private final Jdbi jdbi;
    private final ConnectionPlaces places;
    private final ConnectionPlaces.Use use;

    /** On a pool whose connections need not be divided. */
    public Database(Jdbi jdbi) {
        this(jdbi, ConnectionPlaces.none());
    }

    Database(Jdbi jdbi, ConnectionPlaces places) {
        this(
                jdbi.registerArgument(new XidArgumentFactory())
                        .registerArgument(new InstantArgumentFactory())
                        .registerColumnMapper(new XidColumnMapper())
                        .registerColumnMapper(new InstantColumnMapper())
                        .configure(StatementExceptions.class, all -> all.setMessageRendering(Database::describe)),
                places,
                ConnectionPlaces.Use.ORDINARY);
    }

    private Database(Jdbi jdbi, ConnectionPlaces places, ConnectionPlaces.Use use) {
        this.jdbi = jdbi;
        this.places = places;
        this.use = use;
    }

    /** The statement without its values, which JDBI would add: tokens and secrets are among them, and failures get into the log. */
    private static String describe(StatementException failure) {
        StatementContext context = failure.getStatementContext();
        String sql = context == null ? "unknown" : String.valueOf(context.getRenderedSql());
        return failure.getShortMessage() + " [statement: " + sql + "]";
    }

    /** For the loops that keep a node alive, see {@link ConnectionPlaces#VITAL}: never waits for a connection behind others. */
    public Database vital() {
        return new Database(jdbi, places, ConnectionPlaces.Use.VITAL);
    }

    /** For reads, tasks, and all that may wait: takes no connection that moves jobs. */
    public Database aside() {
        return new Database(jdbi, places, ConnectionPlaces.Use.ASIDE);
    }

    /**
     * Commits what the callback did, or nothing of it. Reads committed data: the pool sets the isolation once.
     *
     * @throws UncertainCommitException when the connection broke during the commit; it is not run again, since not every
     *     caller can tell its own earlier success from somebody else's
     */
    public <T, X extends Exception> T inTransaction(HandleCallback<T, X> work) throws X {
        places.enter(use);
        try {
            return untilCommitted(work);
        } finally {
            places.leave(use);
        }
    }

    private <T, X extends Exception> T untilCommitted(HandleCallback<T, X> work) throws X {
        for (int attempt = 1; ; attempt++) {
            AtomicBoolean committing = new AtomicBoolean();
            try {
                return jdbi.inTransaction(handle -> {
                    T result = work.withHandle(handle);
                    committing.set(true);
                    return result;
                });
            } catch (JdbiException failure) {
                if (committing.get() && !isDeadlock(failure)) {
                    throw new UncertainCommitException(failure);
                }
                if (attempt == ATTEMPTS || !isTransient(failure)) {
                    throw failure;
                }
                LOG.debug("Transaction failed ({} of {} tries), running it again", attempt, ATTEMPTS, failure);
                pause(attempt);
            }
        }
    }

    /** For single statements and reads: each statement is its own transaction. */
    public <T, X extends Exception> T withHandle(HandleCallback<T, X> work) throws X {
        places.enter(use);
        try {
            return jdbi.withHandle(work);
        } finally {
            places.leave(use);
        }
    }

    /**
     * Reads as of one moment, whatever is written meanwhile: what was changed together is seen changed or unchanged
     * together. Keep it to minutes: meanwhile the database keeps the old version of every row that is overwritten.
     */
    public <T, X extends Exception> T inSnapshot(HandleCallback<T, X> reads) throws X {
        return withHandle(handle -> {
            // Of the next transaction only; the pool's READ COMMITTED would look anew with each statement.
            handle.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            handle.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
            try {
                return reads.withHandle(handle);
            } finally {
                handle.execute("ROLLBACK");
            }
        });
    }

    /** Where the database listens, by the URL of the driver; names are not looked up. */
    public List<InetSocketAddress> servers() {
        return jdbi.withHandle(handle -> {
            try {
                String url = handle.getConnection().getMetaData().getURL();
                return Configuration.parse(url).addresses().stream()
                        .filter(server -> server.host != null)
                        .map(server -> InetSocketAddress.createUnresolved(server.host, server.port))
                        .toList();
            } catch (SQLException e) {
                throw new IllegalStateException("The driver reads its own URL", e);
            }
        });
    }

    public static boolean isDuplicateKey(JdbiException failure) {
        SQLException cause = sqlCause(failure);
        return cause != null && cause.getErrorCode() == DUPLICATE_KEY;
    }

    /**
     * The transaction was rolled back for certain. On Galera this is also the usual answer to a commit that lost against a
     * commit on another node.
     */
    private static boolean isDeadlock(JdbiException failure) {
        SQLException cause = sqlCause(failure);
        return cause != null && cause.getErrorCode() == DEADLOCK;
    }

    /** True for a failure that says nothing about the statement itself: locks, or a connection that broke. */
    public static boolean isTransient(JdbiException failure) {
        SQLException cause = sqlCause(failure);
        return cause != null
                && (cause.getErrorCode() == DEADLOCK
                        || cause.getErrorCode() == LOCK_WAIT_TIMEOUT
                        || isConnectionLoss(cause));
    }

    /**
     * True when the same work may succeed later, and all other work fails now too: there is no connection, or it was lost,
     * or locks were held too long, a statement took too long, or the server takes no writes.
     */
    public static boolean isUnavailable(Throwable failure) {
        return failure instanceof ConnectionException
                || failure instanceof UncertainCommitException
                || (failure instanceof JdbiException jdbiFailure
                        && (isTransient(jdbiFailure) || isRefusedForNow(jdbiFailure)));
    }

    private static boolean isRefusedForNow(JdbiException failure) {
        SQLException cause = sqlCause(failure);
        return cause != null
                && (cause.getErrorCode() == STATEMENT_TIMEOUT
                        || NO_WRITES.contains(cause.getErrorCode())
                        || (cause.getErrorCode() == ENGINE_ERROR
                                && String.valueOf(cause.getMessage()).contains("Got error " + NO_SPACE_LEFT + " ")));
    }

    private static boolean isConnectionLoss(SQLException cause) {
        String state = cause.getSQLState();
        return cause.getErrorCode() == SESSION_KILLED
                || cause instanceof SQLNonTransientConnectionException
                || cause instanceof SQLRecoverableException
                || cause instanceof SQLTransientException
                || (state != null && (state.startsWith("08") || state.equals(MOVED)));
    }

    private static @Nullable SQLException sqlCause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    /** A few milliseconds, doubling, with jitter so that the parties of a deadlock do not meet again. */
    private static void pause(int attempt) {
        long millis = ThreadLocalRandom.current().nextLong(1, 5L << attempt);
        LockSupport.parkNanos(millis * 1_000_000);
    }
}
