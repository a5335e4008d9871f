package org.webhookbroker.dispatch;

import java.time.Duration;

/**
 * What a lane knows of its consumer's jobs that wait in the database: whether some are due, how urgent they are, and when to
 * look again. Not thread-safe: its lane guards it.
 */
final class Backlog {
    private static final long NEVER = Long.MAX_VALUE;
    /** How old the knowledge of a queue may get to which other nodes add. */
    private static final long REVIEW = Duration.ofSeconds(5).toNanos();

    private boolean due = true;
    private int topPriority = Integer.MAX_VALUE;
    private long nextLook;
    private long lastLook;
    private boolean scheduled;
    private long additions;
    /** Earliest retry that was scheduled since the look began, which may not have seen it. */
    private long scheduledMeanwhile = NEVER;

    Backlog(long now) {
        nextLook = now;
        lastLook = now;
    }

    /** Whether a new job must wait behind those in the database; one that is more urgent than all of them need not. */
    boolean holdsBack(int priority) {
        return due && priority <= topPriority;
    }

    boolean isDue() {
        return due;
    }

    boolean isWorthALook(long now) {
        return due || (scheduled && now - nextLook >= 0);
    }

    /** A job of this priority is due in the database. */
    void added(int priority) {
        topPriority = due ? Math.max(topPriority, priority) : priority;
        due = true;
        additions++;
    }

    /** Goes with {@link #looked}. */
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

    /**
     * Somebody saw queued jobs: perhaps only those that are known here.
     *
     * @param someKnown that some are queued which are not due by what is kept here
     */
    void noticed(long now, boolean someKnown) {
        if (!due) {
            scheduled(scheduled || someKnown ? Math.max(now, lastLook + REVIEW) : now);
        }
    }

    /**
     * A look has found that more are due, or else in how long the next will be.
     *
     * @param before of {@link #beginLook}: what was added or scheduled since it may have missed
     */
    void looked(long now, long before, boolean more, long nextDueNanos) {
        lastLook = now;
        due = more || additions != before;
        scheduled = nextDueNanos != NEVER;
        nextLook = scheduled ? now + nextDueNanos : 0;
        if (scheduledMeanwhile != NEVER) {
            scheduled(scheduledMeanwhile);
        }
    }
}
