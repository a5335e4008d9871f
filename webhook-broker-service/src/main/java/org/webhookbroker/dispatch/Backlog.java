package org.webhookbroker.dispatch;

import java.time.Duration;
import org.webhookbroker.job.LeaseStore;

/**
 * What a lane knows of its consumer's jobs that wait in the database: whether some are due, how urgent they are, and when to
 * look again. Not thread-safe: its lane guards it.
 */
final class Backlog {
    private static final long NEVER = Long.MAX_VALUE;
    /** What is known of the queue gets no older than this, because other nodes add to the queue too. */
    private static final long REVIEW = Duration.ofSeconds(5).toNanos();

    private boolean due = true;
    private int topPriority = Integer.MAX_VALUE;
    private long nextLook;
    private long lastLook;
    private boolean scheduled;
    /** The last look left retries behind that are due, because the lane had no room for them. */
    private boolean retriesWait;

    private long additions;
    /** When the earliest of the retries is due that were scheduled since the look began. The look may have missed them. */
    private long scheduledMeanwhile = NEVER;

    Backlog(long now) {
        nextLook = now;
        lastLook = now;
    }

    /** Somebody has looked before it was made, and nothing waited. */
    void beginsEmpty() {
        due = false;
    }

    /** Nothing waits, as far as is known. */
    boolean isIdle() {
        return !due && !scheduled && !retriesWait;
    }

    /** Whether a new job must wait behind those in the database. One that is more urgent than all of them need not. */
    boolean holdsBack(int priority) {
        return due && priority <= topPriority;
    }

    boolean isDue() {
        return due;
    }

    /** @param roomForRetries whether the lane has room for retries that the last look left behind */
    boolean isWorthALook(long now, boolean roomForRetries) {
        return due || (retriesWait && roomForRetries) || (scheduled && now - nextLook >= 0);
    }

    /** A job of this priority is due in the database. */
    void added(int priority) {
        topPriority = due ? Math.max(topPriority, priority) : priority;
        due = true;
        additions++;
    }

    /** Returns what {@link #looked} asks for. */
    long beginLook() {
        scheduledMeanwhile = NEVER;
        return additions;
    }

    /** A retry will be due then. */
    void scheduled(long at) {
        if (scheduledMeanwhile == NEVER || at - scheduledMeanwhile < 0) {
            scheduledMeanwhile = at;
        }
        if (!scheduled || at - nextLook < 0) {
            nextLook = at;
            scheduled = true;
        }
    }

    /** Another loop saw queued jobs. If this lane may know of them already, it does not look at once. */
    void noticed(long now) {
        if (!due) {
            scheduled(scheduled || retriesWait ? Math.max(now, lastLook + REVIEW) : now);
        }
    }

    /** @param before what {@link #beginLook} returned: the look may have missed what was added or scheduled since then */
    void looked(long now, long before, LeaseStore.Lease found) {
        lastLook = now;
        due = found.more() || additions != before;
        retriesWait = found.retriesWait();
        scheduled = found.nextDueNanos() != NEVER;
        nextLook = scheduled ? now + found.nextDueNanos() : 0;
        if (scheduledMeanwhile != NEVER) {
            scheduled(scheduledMeanwhile);
        }
    }
}
