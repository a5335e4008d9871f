package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.registry.Consumer;

/**
 * What this node keeps in memory for one push consumer: its ready jobs and how many may be in flight. A lane waits for
 * nothing but its own consumer, and what it holds is bounded in count and in bytes (G6, G8). Room is reserved before a job is
 * written or leased, and given back when the outcome is settled. Thread-safe.
 */
final class Lane {
    /** Bytes of the objects around a payload. */
    static final int JOB_OVERHEAD = 512;

    private final LaneLimits limits;
    private final MemoryBudget budget;
    private final Incarnation incarnation;
    private final Sender sender;
    private final ReadyQueue first = new ReadyQueue();
    private final ReadyQueue retries = new ReadyQueue();
    private final Breaker breaker;
    private final Backlog backlog = new Backlog(System.nanoTime());
    private final Appetite appetite = new Appetite();
    /** By job, the holder under which we have it or record its outcome. */
    private final Map<Xid, Integer> known = new HashMap<>();

    private final AtomicInteger pumps = new AtomicInteger();
    private volatile Consumer consumer;
    private boolean closed;
    private int held;
    private int retriesHeld;
    /** In the database, and due. */
    private boolean retriesWait;

    private long bytes;
    private int inFlight;
    private int retriesInFlight;
    private boolean retryWentLast;
    private long pausedUntil = System.nanoTime();
    private long askedAwayUntil = pausedUntil;
    private @Nullable Xid suspect;
    /** The suspect until it is tried, which is before all others. */
    private @Nullable HeldJob lastChance;

    Lane(Consumer consumer, LaneLimits limits, MemoryBudget budget, Incarnation incarnation, Sender sender) {
        this.consumer = consumer;
        this.limits = limits;
        this.budget = budget;
        this.incarnation = incarnation;
        this.sender = sender;
        this.breaker = new Breaker(limits.breakerThreshold(), limits.longestProbe());
    }

    Consumer consumer() {
        return consumer;
    }

    /** The next attempt uses the new token and callback. */
    synchronized void open(Consumer changed) {
        consumer = changed;
        closed = false;
    }

    /** Room for a new job; not while older or more urgent ones wait in the database. */
    synchronized boolean reserveNew(int priority, int size) {
        int room = limits.capacity() + (backlog.isDue() ? limits.urgentRoom() : 0) - held;
        boolean waits = backlog.holdsBack(priority) || appetite.isDigesting(bytes);
        return !waits && isAvailable() && room > 0 && take(size);
    }

    /**
     * Room for a job of the database's queue. Not while this incarnation knows it from an earlier lease: the outcome of that one is being
     * recorded, perhaps once more after a commit whose answer was lost, and would end the new lease too. One that may be what kills its
     * holders is taken only to be tried next, one at a time: those that merely waited must not die for it (G5).
     */
    synchronized LeaseStore.Choice reserveLeased(LeaseStore.Queued job) {
        boolean isSuspect = job.takeovers() >= limits.suspectFrom();
        if (isSuspect && !takesSuspects()) {
            return LeaseStore.Choice.LEAVE;
        }
        if (holds(job.id()) || held >= limits.capacity()) {
            return LeaseStore.Choice.STOP;
        }
        if (!take(job.size())) {
            appetite.refused(bytes);
            return LeaseStore.Choice.STOP;
        }
        appetite.took();
        retriesHeld += job.attempts() > 0 ? 1 : 0;
        suspect = isSuspect ? job.id() : suspect;
        return LeaseStore.Choice.TAKE;
    }

    synchronized int takeoversBelow() {
        return takesSuspects() ? Integer.MAX_VALUE : limits.suspectFrom();
    }

    private boolean takesSuspects() {
        return suspect == null && !breaker.isOpen() && sender.hasRoom(consumer, inFlight);
    }

    private boolean take(int size) {
        int charge = size + JOB_OVERHEAD;
        if (closed || !budget.tryAcquire(bytes, charge)) {
            return false;
        }
        held++;
        bytes += charge;
        return true;
    }

    /** Gives a reservation of intake back: the job never became ours. */
    synchronized void release(int size) {
        int charge = size + JOB_OVERHEAD;
        held--;
        budget.release(bytes, charge);
        bytes -= charge;
    }

    /** The lease was rolled back. */
    synchronized void cancelLeased(LeaseStore.Queued job) {
        release(job.size());
        retriesHeld -= job.attempts() > 0 ? 1 : 0;
        isNoLongerSuspect(job.id());
    }

    synchronized int roomForRetries() {
        return limits.maxRetriesHeld() - retriesHeld;
    }

    private void isNoLongerSuspect(Xid job) {
        if (job.equals(suspect)) {
            suspect = null;
        }
    }

    /** The job's outcome is recorded: its room is free again. */
    synchronized void settled(LeasedJob job) {
        known.remove(job.id(), job.holder());
        release(job.size());
        retriesHeld -= job.attempts() > 0 ? 1 : 0;
        if (!known.containsKey(job.id())) { // Else this was the outcome of an earlier lease.
            isNoLongerSuspect(job.id());
        }
    }

    /**
     * A job that took its reservation. False when the lane has closed or the lease became void meanwhile: the caller gives the
     * job back.
     */
    synchronized boolean add(HeldJob job) {
        expect(job.lease());
        boolean mayRun = !closed && job.lease().holder() == incarnation.id();
        if (mayRun && job.lease().id().equals(suspect)) {
            lastChance = job;
        } else if (mayRun) {
            (job.isRetry() ? retries : first).add(job);
        }
        return mayRun;
    }

    /** A job that took its reservation, and keeps it until it is settled. */
    synchronized void expect(LeasedJob job) {
        known.put(job.id(), job.holder());
    }

    synchronized boolean holds(Xid job) {
        Integer holder = known.get(job);
        return holder != null && holder == incarnation.id();
    }

    /** Starts as many attempts as may run. Any thread; while one is at it, others only tell it to look again. */
    void pump() {
        if (pumps.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            for (HeldJob job = next(); job != null; job = next()) {
                sender.send(this, job);
            }
            seen = pumps.addAndGet(-seen);
        } while (seen != 0);
    }

    private synchronized @Nullable HeldJob next() {
        if (closed || inFlight >= limits.maxInFlight() || !isAvailable() || !incarnation.isCurrent()) {
            return null;
        }
        boolean ready = lastChance != null || !first.isEmpty() || !retries.isEmpty();
        HeldJob job = ready && sender.hasRoom(consumer, inFlight) ? poll() : null;
        if (job != null) {
            inFlight++;
            retriesInFlight += job.isRetry() ? 1 : 0;
        }
        return job;
    }

    private @Nullable HeldJob poll() {
        HeldJob job = lastChance;
        lastChance = null;
        return job == null ? pollFairly() : job;
    }

    /** Retries and first attempts take turns while both are ready. */
    private @Nullable HeldJob pollFairly() {
        boolean retryMayGo = !retries.isEmpty() && retriesInFlight < limits.maxRetriesInFlight();
        boolean retrysTurn = inFlight == 0 ? !retryWentLast : retriesInFlight * 2 < inFlight;
        retryWentLast = retryMayGo && (first.isEmpty() || retrysTurn);
        return retryWentLast ? retries.poll() : first.poll();
    }

    private boolean isAvailable() {
        long now = System.nanoTime();
        return now - pausedUntil >= 0 && breaker.allows(now, inFlight);
    }

    /** An attempt has ended; its room stays taken until the outcome is settled. */
    synchronized void completed(HeldJob job, Contact contact, Duration pause) {
        inFlight--;
        retriesInFlight -= job.isRetry() ? 1 : 0;
        if (contact == Contact.REACHED) {
            breaker.reached();
            askedAwayUntil = later(askedAwayUntil, pause);
        } else if (contact == Contact.UNREACHABLE) {
            breaker.unreachable(System.nanoTime());
        }
        rest(pause);
    }

    /** No new attempt and no lease for so long. */
    synchronized void rest(Duration pause) {
        pausedUntil = later(pausedUntil, pause);
    }

    private static long later(long deadline, Duration pause) {
        long until = System.nanoTime() + pause.toNanos();
        return until - deadline > 0 ? until : deadline;
    }

    /** The consumer itself has told us to stay away for a while. */
    synchronized boolean isAskedAway() {
        return askedAwayUntil - System.nanoTime() > 0;
    }

    /** A new job that did not fit waits in the database. */
    synchronized void queued(int priority) {
        backlog.added(priority);
    }

    synchronized void scheduled(Duration delay) {
        backlog.scheduled(System.nanoTime() + delay.toNanos());
    }

    synchronized void noticed() {
        backlog.noticed(System.nanoTime(), retriesWait);
    }

    /** Goes with the look that follows, see {@link #looked}. */
    synchronized long beginLook() {
        return backlog.beginLook();
    }

    /** Also when the transaction of a look is run again. */
    synchronized void beginTaking() {
        appetite.beginLook();
    }

    synchronized void looked(long additions, LeaseStore.Lease lease) {
        appetite.looked();
        retriesWait = lease.retriesWait();
        backlog.looked(System.nanoTime(), additions, lease.more(), lease.nextDueNanos());
    }

    /** How many jobs to lease now; 0 when nothing is known to be due, or there is no room for a worthwhile batch. */
    synchronized int wanted() {
        int room = limits.capacity() - held;
        boolean roomy = room >= limits.leaseAt();
        boolean retriesDue = retriesWait && roomForRetries() >= limits.leaseAt();
        boolean due = !closed && roomy && isAvailable() && (retriesDue || backlog.isWorthALook(System.nanoTime()));
        return due ? appetite.of(room, bytes) : 0;
    }

    /** Nothing is reserved, ready, in flight or to be settled. */
    synchronized boolean isEmpty() {
        return held == 0;
    }

    synchronized int inFlight() {
        return inFlight;
    }

    /** Ends the lane for new attempts and returns the jobs that were not tried. */
    synchronized List<HeldJob> close() {
        closed = true;
        return drain();
    }

    /** Takes out the jobs that are ready, for the caller to release or to forget. */
    synchronized List<HeldJob> drain() {
        List<HeldJob> jobs = first.drain();
        jobs.addAll(retries.drain());
        if (lastChance != null) {
            jobs.add(lastChance);
            lastChance = null;
        }
        return jobs;
    }
}
