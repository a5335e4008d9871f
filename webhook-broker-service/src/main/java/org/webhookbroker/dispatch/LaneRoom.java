package org.webhookbroker.dispatch;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.LiveJob;

/**
 * What a lane holds, bounded in count and in bytes (G8). Room is taken before a job is written or leased, and given back when its
 * outcome is recorded. Not thread-safe: its lane guards it.
 */
final class LaneRoom {
    /** Bytes of the objects around a payload. */
    static final int JOB_OVERHEAD = 512;

    private final LaneLimits limits;
    private final MemoryBudget.Part bytes;
    private final Incarnation incarnation;
    /** By job, the holder under which we have it or record its outcome. */
    private final Map<Xid, Integer> known = new HashMap<>();

    private int jobs;
    private int retries;
    private boolean closed;
    /** The one job of this lane that may be what kills its holders. */
    private @Nullable Xid suspect;

    LaneRoom(LaneLimits limits, MemoryBudget budget, Incarnation incarnation) {
        this.limits = limits;
        this.bytes = budget.part();
        this.incarnation = incarnation;
    }

    int free() {
        return limits.capacity() - jobs;
    }

    /** Half of the room is left to first attempts, however many retries are due. */
    int freeForRetries() {
        return limits.maxRetriesHeld() - retries;
    }

    long bytes() {
        return bytes.bytes();
    }

    /** Nothing is reserved, ready, in flight or to be settled. */
    boolean isEmpty() {
        return jobs == 0;
    }

    boolean isClosed() {
        return closed;
    }

    /** A closed lane takes nothing more, and gives back what it holds. */
    void setClosed(boolean isClosed) {
        closed = isClosed;
    }

    /** A place and the bytes of a job; false when memory has none, or the lane has closed. */
    boolean take(int size) {
        if (closed || !bytes.tryAcquire(size + JOB_OVERHEAD)) {
            return false;
        }
        jobs++;
        return true;
    }

    void giveBack(int size) {
        jobs--;
        bytes.release(size + JOB_OVERHEAD);
    }

    /** As {@link #take}, for a job of the database's queue. */
    boolean takeLeased(LiveJob job) {
        boolean taken = take(job.size());
        if (taken) {
            retries += job.attempts() > 0 ? 1 : 0;
            suspect = isSuspect(job) ? job.id() : suspect;
        }
        return taken;
    }

    /** The lease was rolled back. */
    void cancelLeased(LiveJob job) {
        giveBackLeased(job.size(), job.attempts());
        isNoLongerSuspect(job.id());
    }

    /** A job that took its room keeps it until it is settled. */
    void expect(LeasedJob job) {
        known.put(job.id(), job.holder());
    }

    /** Whether the job is known under a lease of the present incarnation. */
    boolean holds(Xid job) {
        Integer holder = known.get(job);
        return holder != null && holder == incarnation.id();
    }

    /** The outcome of a job is recorded. */
    void settled(LeasedJob job) {
        known.remove(job.id(), job.holder());
        giveBackLeased(job.size(), job.attempts());
        if (!known.containsKey(job.id())) { // Otherwise this was the outcome of an earlier lease.
            isNoLongerSuspect(job.id());
        }
    }

    private void giveBackLeased(int size, int attempts) {
        giveBack(size);
        retries -= attempts > 0 ? 1 : 0;
    }

    private void isNoLongerSuspect(Xid job) {
        if (job.equals(suspect)) {
            suspect = null;
        }
    }

    /** With one more death of its holder the job is dead itself (G5). */
    boolean isSuspect(LiveJob job) {
        return job.takeovers() >= suspectFrom();
    }

    int suspectFrom() {
        return limits.suspectFrom();
    }

    @Nullable
    Xid suspect() {
        return suspect;
    }
}
