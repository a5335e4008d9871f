package org.webhookbroker.database;

import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.ConnectionException;

/**
 * Who may have how many connections of the pool at once, so that what keeps a node alive never waits for one behind requests, and
 * requests that move jobs never behind those that only read (G6). Thread-safe.
 */
final class ConnectionPlaces {
    /**
     * One for each vital loop, as none has more than one connection at a time, and one that the health check of the pool and the watch of
     * keys share, both short and seldom.
     */
    static final int VITAL = 8;

    /** Each request that waits holds a thread of the server. */
    private static final int MOST_WAITING_ASIDE = 24;

    /** What a connection is for. */
    enum Use {
        /** The heartbeat, intake, schedule, promotion, lease, settle and rescue; and which keys hold. */
        VITAL,
        ORDINARY,
        /** Reads, changes of the registry, tasks and whatever else may wait: at most half of what ordinary work has. */
        ASIDE
    }

    private final Semaphore ordinary;
    private final Semaphore aside;
    private final Duration longestWait;

    /** @param longestWait for a connection */
    ConnectionPlaces(int poolSize, Duration longestWait) {
        // Of eight connections one is shared: the health check then waits for another, and none of the loops does.
        int shared = Math.max(poolSize - VITAL, 1);
        this.ordinary = new Semaphore(shared, true);
        this.aside = new Semaphore(Math.max(shared / 2, 1), true);
        this.longestWait = longestWait;
    }

    /** For a pool that is used in one way only. */
    static ConnectionPlaces none() {
        return new ConnectionPlaces(Integer.MAX_VALUE, Duration.ZERO);
    }

    /** Every call is followed by {@link #leave}, unless it throws. */
    void enter(Use use) {
        if (use == Use.ASIDE) {
            if (aside.getQueueLength() >= MOST_WAITING_ASIDE) {
                throw noneFree();
            }
            acquire(aside);
        }
        if (use != Use.VITAL) {
            try {
                acquire(ordinary);
            } catch (ConnectionException none) {
                if (use == Use.ASIDE) {
                    aside.release();
                }
                throw none;
            }
        }
    }

    void leave(Use use) {
        if (use != Use.VITAL) {
            ordinary.release();
        }
        if (use == Use.ASIDE) {
            aside.release();
        }
    }

    private void acquire(Semaphore places) {
        try {
            if (!places.tryAcquire(longestWait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw noneFree();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ConnectionException(interrupted);
        }
    }

    private static ConnectionException noneFree() {
        return new ConnectionException(new SQLTransientConnectionException(
                "All connections that this kind of work may have are in use (database.poolSize)"));
    }
}
