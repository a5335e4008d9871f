package org.webhookbroker.dispatch;

import java.util.Optional;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.registry.Consumer;

/**
 * What this node keeps in memory for one push consumer. No lane waits for another (G6). Its parts say what it holds, which of that is
 * tried now, and when to fetch more. Thread-safe: its monitor guards the parts.
 */
final class Lane {
    private final LaneRoom room;
    private final Refill refill;
    private final Attempts attempts;
    private volatile Consumer consumer;
    private boolean used = true;

    Lane(Consumer consumer, LaneLimits limits, MemoryBudget budget, Incarnation incarnation, Sender sender) {
        this.consumer = consumer;
        this.room = new LaneRoom(limits, budget, incarnation);
        this.refill = new Refill(limits, room);
        this.attempts = new Attempts(this, room, limits, incarnation, sender);
    }

    Consumer consumer() {
        return consumer;
    }

    Attempts attempts() {
        return attempts;
    }

    /** As nothing waits in the database, the first new job need not. */
    synchronized void beginsWithoutBacklog() {
        refill.beginsEmpty();
    }

    /** The next attempt uses the new values. */
    synchronized void open(Consumer changed) {
        consumer = changed;
        room.setClosed(false);
    }

    /** Takes room for a new job. The caller goes on with exactly one of {@link #add}, {@link #cancelNew} and {@link #expect}. */
    synchronized boolean reserveNew(int priority, int size) {
        used = true;
        return attempts.mayCall() && refill.takeNew(priority, size);
    }

    /** The new job never became ours. */
    synchronized void cancelNew(int size) {
        room.giveBack(size);
    }

    /** A look for jobs in the database; empty when none is known to be due, or there is no room for a worthwhile batch. */
    synchronized Optional<Look> look() {
        int wanted = attempts.mayCall() ? refill.wanted() : 0;
        return wanted == 0
                ? Optional.empty()
                : Optional.of(new Look(this, wanted, room, refill, attempts::takesSuspects));
    }

    /** Notes a job that has its room already. It keeps the room until it is settled. */
    synchronized void expect(LeasedJob job) {
        used = true;
        room.expect(job);
    }

    /** A job that has its room, to be tried. False if its caller must give it back: the lane has closed, or its lease is void. */
    synchronized boolean add(HeldJob job) {
        room.expect(job.lease());
        return attempts.add(job);
    }

    /** The job's outcome is recorded: its room is free again, and it may be queued again. */
    synchronized void settled(Settlement settlement) {
        used = true;
        refill.settled(settlement);
        room.settled(settlement.job());
    }

    synchronized boolean holds(Xid job) {
        return room.holds(job);
    }

    synchronized void queued(int priority) {
        refill.queued(priority);
    }

    synchronized void noticed() {
        refill.noticed();
    }

    synchronized void cameBack() {
        refill.cameBack();
    }

    synchronized boolean isEmpty() {
        return room.isEmpty();
    }

    /**
     * Closes it for good, and returns true, if it has had no job since it was last asked and knows nothing that another lane would not
     * find out. Whoever has it still, and comes with a job, is refused: the job waits in the database, where the next survey sees it.
     */
    synchronized boolean retires() {
        boolean retires = !used && room.isEmpty() && refill.isIdle() && attempts.ask(Availability::isUntroubled);
        used = false;
        if (retires) {
            room.setClosed(true);
        }
        return retires;
    }

    synchronized void close() {
        room.setClosed(true);
    }
}
