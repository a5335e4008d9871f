package org.webhookbroker.database;

import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.config.JdbiConfig;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.mariadb.jdbc.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where transactions begin. A transaction that lost a deadlock, a lock wait or its connection is run again as a whole, so
 * its callback must be repeatable. Thread-safe.
 */
public final class Database {
    /** How often a transaction waits for a lock that somebody else holds, each time {@link SessionVariables#SHORT}, before it fails. */
    public enum LockWait {
        AGAIN_AND_AGAIN,
        ONCE,
        NEVER
    }

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private static final int ATTEMPTS = 5;

    private final Jdbi jdbi;
    private final ManualCommit transactions;
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
        this.transactions = new ManualCommit(jdbi);
        this.places = places;
        this.use = use;
    }

    /** The statement without its values, which JDBI would add: tokens and secrets are among them, and failures get into the log. */
    private static String describe(StatementException failure) {
        StatementContext context = failure.getStatementContext();
        String sql = context == null ? "unknown" : String.valueOf(context.getRenderedSql());
        return failure.getShortMessage() + " [statement: " + sql + "]";
    }

    /** What its statements are to know, from here on. */
    public <C extends JdbiConfig<C>> void configure(Class<C> type, Consumer<C> change) {
        jdbi.configure(type, change);
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
        return inTransaction(LockWait.AGAIN_AND_AGAIN, work);
    }

    /** For those who have other work to do than to wait, see {@link #isLocked}. */
    public <T, X extends Exception> T inTransaction(LockWait wait, HandleCallback<T, X> work) throws X {
        places.enter(use);
        try {
            return wait == LockWait.NEVER
                    ? untilCommitted(wait, handle -> withoutWaiting(handle, work))
                    : untilCommitted(wait, work);
        } finally {
            places.leave(use);
        }
    }

    private <T, X extends Exception> T untilCommitted(LockWait wait, HandleCallback<T, X> work) throws X {
        for (int attempt = 1; ; attempt++) {
            AtomicBoolean committing = new AtomicBoolean();
            try {
                return transactions.commit(work, () -> committing.set(true));
            } catch (JdbiException failure) {
                if (committing.get() && !SqlFailure.of(failure).isDeadlock()) {
                    throw new UncertainCommitException(failure);
                }
                boolean waitedEnough = wait != LockWait.AGAIN_AND_AGAIN
                        && SqlFailure.of(failure).isLockWait();
                if (attempt == ATTEMPTS || waitedEnough || !isTransient(failure)) {
                    throw failure;
                }
                LOG.debug("Transaction failed ({} of {} tries), running it again", attempt, ATTEMPTS, failure);
                pause(attempt);
            }
        }
    }

    private static <T, X extends Exception> T withoutWaiting(Handle handle, HandleCallback<T, X> work) throws X {
        handle.execute(SessionVariables.lockWait("0"));
        try {
            return work.withHandle(handle);
        } finally {
            waitFromHere(handle);
        }
    }

    /** For a transaction of {@link LockWait#NEVER}: from here on, it waits as one of {@link LockWait#ONCE} does. */
    public static void waitFromHere(Handle handle) {
        handle.execute(SessionVariables.lockWait(SessionVariables.SHORT));
    }

    /** For single statements and for reads, of which each sees what is committed by then. It is not run again. */
    public <T, X extends Exception> T withHandle(HandleCallback<T, X> work) throws X {
        places.enter(use);
        try {
            return transactions.commit(work, () -> {});
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
            return reads.withHandle(handle);
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
        return SqlFailure.of(failure).isDuplicateKey();
    }

    /** True when the user lacks a privilege of the whole server, such as {@code PROCESS}. */
    public static boolean isDenied(JdbiException failure) {
        return SqlFailure.of(failure).isDenied();
    }

    /**
     * True when somebody else holds what the transaction needs, which may be a single row: other work may go on. The transaction was
     * rolled back for certain.
     */
    public static boolean isLocked(Throwable failure) {
        SqlFailure sql = SqlFailure.of(failure);
        return failure instanceof JdbiException && (sql.isDeadlock() || sql.isLockWait());
    }

    /** True for a failure that says nothing about the statement itself: locks, or a connection that broke. */
    private static boolean isTransient(JdbiException failure) {
        return isLocked(failure) || SqlFailure.of(failure).isConnectionLoss();
    }

    /**
     * True when the same work may succeed later, and most often all other work fails now too: there is no connection, or it was lost,
     * or locks were held too long (but see {@link #isLocked}), a statement took too long, or the server takes no writes.
     */
    public static boolean isUnavailable(Throwable failure) {
        return failure instanceof ConnectionException
                || failure instanceof UncertainCommitException
                || (failure instanceof JdbiException jdbiFailure
                        && (isTransient(jdbiFailure) || SqlFailure.of(failure).isRefusedForNow()));
    }

    /** Whether the thread waits for a connection, or for what the server says. */
    public static boolean isAwaitedBy(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .map(StackTraceElement::getClassName)
                .anyMatch(name -> name.startsWith("org.mariadb.jdbc.")
                        || name.startsWith("org.apache.tomcat.jdbc.pool.")
                        || name.equals(ConnectionPlaces.class.getName()));
    }

    /** A few milliseconds, doubling, with jitter so that the parties of a deadlock do not meet again. */
    private static void pause(int attempt) {
        long millis = ThreadLocalRandom.current().nextLong(1, 5L << attempt);
        LockSupport.parkNanos(millis * 1_000_000);
    }
}
