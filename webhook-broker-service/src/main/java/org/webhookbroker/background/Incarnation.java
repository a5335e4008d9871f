package org.webhookbroker.background;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.Database;

/**
 * One run of this node, as a row that it keeps alive; leases belong to it. Liveness is judged by the database's clock alone,
 * so skew between nodes is harmless (G4). A node that finds its row ended was taken for dead: it goes on as a new
 * incarnation, and whatever it still holds under the old one can change nothing any more. Thread-safe.
 */
public final class Incarnation {
    private static final Logger LOG = LoggerFactory.getLogger(Incarnation.class);

    private final Database database;
    private final String node;
    private final Duration timeout;
    private final List<IntConsumer> lossListeners = new CopyOnWriteArrayList<>();
    private volatile int id;
    private volatile long confirmedAt;
    private volatile long steadySince = System.nanoTime();

    /**
     * To be made once the database has answered.
     *
     * @param timeout silence after which other nodes take this one's jobs over
     */
    public Incarnation(Database database, String node, Duration timeout) {
        this.database = database;
        this.node = node;
        this.timeout = timeout;
    }

    public void begin() {
        long before = System.nanoTime();
        id = insert();
        confirmedAt = before;
        LOG.info("Node {} runs as incarnation {}", node, id);
    }

    private int insert() {
        return database.inTransaction(handle -> handle.createUpdate("""
                        INSERT INTO incarnation (node, started_at, seen_at, knows_slots)
                        VALUES (:node, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), TRUE)
                        """)
                .bind("node", node)
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Integer.class)
                .one());
    }

    /** For the only node of a database, before it begins: all that ran before is dead, so its jobs need not wait for a timeout. */
    public void endOthers() {
        database.inTransaction(handle -> handle.execute("UPDATE incarnation SET ended = TRUE"));
    }

    /** The holder under which this node takes leases. */
    public int id() {
        return id;
    }

    /** Called with the id of an incarnation that was lost: its leases are void. */
    public void onLoss(IntConsumer listener) {
        lossListeners.add(listener);
    }

    /**
     * False once others may have taken our jobs over, judged without the database: by the monotonic clock since the last
     * heartbeat that was confirmed, with a quarter of the timeout to spare. No attempt starts while it is false.
     */
    public boolean isCurrent() {
        return System.nanoTime() - confirmedAt < timeout.toNanos() / 4 * 3;
    }

    /** Whether what is held under this id is still ours for certain, judged as {@link #isCurrent} does. */
    public boolean owns(int holder) {
        return holder == id && isCurrent();
    }

    /**
     * Whether this node may judge others by their silence. It may not when its own heartbeats failed lately, nor just after
     * its start: if the database was away, all nodes were silent, and each must get the time to be heard again.
     */
    public boolean mayJudge() {
        return isCurrent() && System.nanoTime() - steadySince >= timeout.toNanos();
    }

    public boolean heartbeat() {
        long before = System.nanoTime();
        int mine = id;
        int seen = database.withHandle(handle -> handle.createUpdate(
                        "UPDATE incarnation SET seen_at = UTC_TIMESTAMP(6) WHERE id = :id AND NOT ended")
                .bind("id", mine)
                .execute());
        if (seen != 1) {
            LOG.warn("Incarnation {} was declared dead after {} of silence; starting another", mine, timeout);
            // Becomes current only after all listeners have forgotten the void leases; otherwise attempts could start
            // under them.
            confirmedAt = before - timeout.toNanos();
            id = insert();
            LOG.info("Node {} runs as incarnation {}", node, id);
            lossListeners.forEach(listener -> listener.accept(mine));
        }
        if (!isCurrent()) {
            steadySince = before;
        }
        confirmedAt = before;
        return false;
    }

    /**
     * Keeps this incarnation from being declared dead until the transaction ends, and returns its id. Every transaction that writes
     * jobs under our name takes this lock. So a node that was away cannot write jobs under a holder that was rescued from already.
     */
    public int lock(Handle handle) {
        int mine = id;
        boolean alive = handle.createQuery("SELECT 1 FROM incarnation WHERE id = :id AND NOT ended LOCK IN SHARE MODE")
                .bind("id", mine)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
        if (!alive) {
            throw new IncarnationEndedException(mine);
        }
        return mine;
    }

    /** Ends this incarnation. Called last in an orderly stop, when it should hold no job; rescuers take those that it still holds. */
    public void end() {
        database.inTransaction(handle -> handle.createUpdate("UPDATE incarnation SET ended = TRUE WHERE id = :id")
                .bind("id", id)
                .execute());
    }
}
