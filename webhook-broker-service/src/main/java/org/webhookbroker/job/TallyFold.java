package org.webhookbroker.job;

import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.JdbiException;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.Looping;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Database.LockWait;

/**
 * Adds what is in the slots to the counters, each time in the transaction that empties them, so that it counts once (G2). Each node does
 * this for its own incarnation, and any node for those that were forgotten. Thread-safe.
 */
public final class TallyFold implements Looping {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Database database;
    private final Incarnation incarnation;
    private final TallySlots slots = new TallySlots();
    private final TallyRows rows = new TallyRows();
    private final BackgroundLoop loop = new BackgroundLoop("tally", INTERVAL, this::runOnce);

    public TallyFold(Database database, Incarnation incarnation) {
        this.database = database;
        this.incarnation = incarnation;
    }

    @Override
    public List<BackgroundLoop> loops() {
        return List.of(loop);
    }

    boolean runOnce() {
        int mine = incarnation.id();
        if (mine == Tally.COMMON) {
            return false; // This node has not begun.
        }
        TallySlots.Work work = database.withHandle(handle -> slots.work(handle, mine));
        unlessLocked(() -> {
            if (!work.isShared() && work.isMade()) {
                leave();
            } else if (work.isShared() && !work.isMade()) {
                make();
            } else if (work.isFilled()) {
                fold();
            }
        });
        if (work.forgotten() == null) {
            return false;
        }
        remove(work.forgotten());
        return true;
    }

    /** The next pass finds it again. To wait would hold up all transactions that need a slot which is locked by then (G6). */
    private static void unlessLocked(Runnable work) {
        try {
            work.run();
        } catch (JdbiException failure) {
            if (!Database.isLocked(failure)) {
                throw failure;
            }
        }
    }

    private void make() {
        database.inTransaction(handle -> {
            slots.make(handle, incarnation.lock(handle));
            return null;
        });
    }

    private void fold() {
        database.inTransaction(LockWait.NEVER, handle -> {
            int mine = incarnation.lock(handle);
            rows.add(handle, mine, slots.take(handle, mine));
            return null;
        });
    }

    /** Waits for the slots, of which some are always about to be committed, and adds to rows for which nobody else waits. */
    private void leave() {
        database.inTransaction(LockWait.ONCE, handle -> {
            int mine = incarnation.lock(handle);
            rows.add(handle, mine, slots.remove(handle, mine));
            return null;
        });
    }

    /** Of an incarnation that writes no slot any more: it was forgotten, or is ours and stops. */
    private void remove(int incarnation) {
        database.inTransaction(handle -> {
            rows.add(handle, Tally.COMMON, slots.remove(handle, incarnation));
            return null;
        });
    }

    /** Called when nothing is counted any more. What is left over is added at once: a node of an older release would not read it. */
    @Override
    public void stop() throws Exception {
        Looping.super.stop();
        remove(incarnation.id());
    }
}
