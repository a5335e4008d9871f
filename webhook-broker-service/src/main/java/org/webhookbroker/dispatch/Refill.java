package org.webhookbroker.dispatch;

import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.QueueMarks;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.job.Visit;
import org.webhookbroker.job.WaitingLine;

/**
 * Decides when a lane looks for jobs in the database, how many it asks for, and which new jobs may go before those that wait there.
 * Not thread-safe: its lane guards it.
 */
final class Refill {
    private final LaneLimits limits;
    private final LaneRoom room;
    private final Backlog backlog = new Backlog(System.nanoTime());
    private final BatchSize batchSize = new BatchSize();
    private final QueueMarks marks = new QueueMarks();

    Refill(LaneLimits limits, LaneRoom room) {
        this.limits = limits;
        this.room = room;
    }

    /** Takes room for a new job; not while older or more urgent ones wait in the database. */
    boolean takeNew(int priority, int size) {
        boolean mustWait = backlog.holdsBack(priority) || batchSize.mustShrink(room.bytes());
        int places = room.free() + (backlog.isDue() ? limits.urgentRoom() : 0);
        return !mustWait && places > 0 && room.take(size);
    }

    /** How many jobs to lease now; 0 when nothing is known to be due, or there is no room for a worthwhile batch. */
    int wanted() {
        boolean roomForRetries = room.freeForRetries() >= limits.leaseAt();
        boolean worthwhile = !room.isClosed()
                && room.free() >= limits.leaseAt()
                && backlog.isWorthALook(System.nanoTime(), roomForRetries);
        return worthwhile ? batchSize.of(room.free(), room.bytes()) : 0;
    }

    /** Nothing waits in the database. */
    void beginsEmpty() {
        backlog.beginsEmpty();
    }

    /** Whether nothing is known to wait in the database. */
    boolean isIdle() {
        return backlog.isIdle();
    }

    /** A new job waits in the database. */
    void queued(int priority) {
        backlog.added(priority);
        marks.added(WaitingLine.FIRST, priority);
    }

    /** A job that is queued again will be due in the database. */
    void settled(Settlement settlement) {
        settlement.queuedFor().ifPresent(delay -> {
            backlog.scheduled(System.nanoTime() + delay.toNanos());
            marks.added(WaitingLine.after(settlement), settlement.job().priority());
        });
    }

    /** Where looks begin. */
    QueueMarks marks() {
        return marks;
    }

    /** Somebody saw queued jobs. */
    void noticed() {
        backlog.noticed(System.nanoTime());
    }

    /** This node has queued jobs again with the due times that they had. */
    void cameBack() {
        backlog.scheduled(System.nanoTime());
        marks.cameBack();
    }

    /** A look begins. Returns the value that {@link #looked} asks for. */
    long beginLook() {
        return backlog.beginLook();
    }

    /** A look has come to a job that memory has no room for. */
    void refused() {
        batchSize.refused(room.bytes());
    }

    /**
     * A look has ended.
     *
     * @param begun what {@link #beginLook} returned
     * @param refused whether it left a job behind that memory had no room for
     */
    void looked(long begun, LeaseStore.Lease found, boolean refused, Visit visit) {
        marks.looked(visit);
        if (refused) {
            batchSize.lookedInVain(found.jobs().size());
        } else {
            batchSize.looked();
        }
        backlog.looked(System.nanoTime(), begun, found);
    }
}
