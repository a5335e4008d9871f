package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.registry.Consumer;

/**
 * What this node keeps in memory for one push consumer. No lane waits for another (G6). Its parts say what it holds, which job is
 * next, whether it may call now, and when to fetch more. Thread-safe: its monitor guards the parts.
 */
final class Lane {
    private final Incarnation incarnation;
    private final Sender sender;
    private final LaneRoom room;
    private final ReadyJobs ready;
    private final Availability availability;
    private final Refill refill;
    private final Pump pump = new Pump(this::startAll);
    private volatile Consumer consumer;
    private boolean used = true;

    Lane(Consumer consumer, LaneLimits limits, MemoryBudget budget, Incarnation incarnation, Sender sender) {
        this.consumer = consumer;
        this.incarnation = incarnation;
        this.sender = sender;
        this.room = new LaneRoom(limits, budget, incarnation);
        this.ready = new ReadyJobs(limits);
        this.availability = new Availability(limits, ready);
        this.refill = new Refill(limits, room);
    }

    Consumer consumer() {
        return consumer;
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
        return availability.mayCall() && refill.takeNew(priority, size);
    }

    /** The new job never became ours. */
    synchronized void cancelNew(int size) {
        room.giveBack(size);
    }

    /** A look for jobs in the database; empty when none is known to be due, or there is no room for a worthwhile batch. */
    synchronized Optional<Look> look() {
        int wanted = availability.mayCall() ? refill.wanted() : 0;
        return wanted == 0 ? Optional.empty() : Optional.of(new Look(this, wanted, room, refill, this::takesSuspects));
    }

    private boolean takesSuspects() {
        return room.suspect() == null && availability.triesNext() && sender.hasRoom(consumer, ready.inFlight());
    }

    /** Notes a job that has its room already. It keeps the room until it is settled. */
    synchronized void expect(LeasedJob job) {
        used = true;
        room.expect(job);
    }

    /** A job that has its room, to be tried. False if its caller must give it back: the lane has closed, or its lease is void. */
    synchronized boolean add(HeldJob job) {
        room.expect(job.lease());
        boolean mayRun = !room.isClosed() && job.lease().holder() == incarnation.id();
        if (mayRun) {
            ready.add(job, job.lease().id().equals(room.suspect()));
        }
        return mayRun;
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

    /** Starts as many attempts as may run. Any thread. */
    void pump() {
        pump.run();
    }

    private void startAll() {
        for (HeldJob job = next(); job != null; job = next()) {
            sender.send(this, job);
        }
    }

    private synchronized @Nullable HeldJob next() {
        boolean mayStart = !room.isClosed() && ready.mayStart() && availability.mayCall() && incarnation.isCurrent();
        return mayStart && sender.hasRoom(consumer, ready.inFlight()) ? ready.start() : null;
    }

    /** An attempt has ended; its room stays taken until the outcome is settled. Returns what operators should know. */
    synchronized Optional<String> completed(HeldJob job, Contact contact) {
        ready.ended(job);
        return availability.attempted(contact);
    }

    /** Whether the consumer may be called, for whoever asks for more than that. */
    synchronized <T> T ask(Function<Availability, T> question) {
        return question.apply(availability);
    }

    /** No attempt and no look for this long. Then {@link LeaseLoop} wakes the lane, as it pumps all of them again and again. */
    synchronized void rest(Duration pause) {
        availability.rest(pause);
    }

    synchronized void queued(int priority) {
        refill.queued(priority);
    }

    synchronized void noticed() {
        refill.noticed();
    }

    synchronized boolean isEmpty() {
        return room.isEmpty();
    }

    /**
     * Closes it for good, and returns true, if it has had no job since it was last asked and knows nothing that another lane would not
     * find out. Whoever has it still, and comes with a job, is refused: the job waits in the database, where the next survey sees it.
     */
    synchronized boolean retires() {
        boolean retires = !used && room.isEmpty() && refill.isIdle() && availability.isUntroubled();
        used = false;
        if (retires) {
            room.setClosed(true);
        }
        return retires;
    }

    synchronized int inFlight() {
        return ready.inFlight();
    }

    synchronized void close() {
        room.setClosed(true);
    }

    /** Takes out the jobs that were not tried, for the caller to release or to forget. */
    synchronized List<HeldJob> drain() {
        return ready.drain();
    }
}
