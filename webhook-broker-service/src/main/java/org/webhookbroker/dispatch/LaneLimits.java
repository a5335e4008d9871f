package org.webhookbroker.dispatch;

import java.time.Duration;
import org.webhookbroker.job.Absence;

/**
 * Bounds of each lane.
 *
 * @param maxInFlight attempts under way at once; retries get at most half of it, so that they do not hold up first attempts
 * @param capacity jobs in memory, in flight or ready
 * @param breakerThreshold unreachable attempts in a row after which jobs wait
 * @param longestProbe longest time between two attempts that find out whether the consumer is back
 * @param longestCall longest time that one attempt takes
 * @param maxTakeovers a job whose holders died this many times is dead
 */
record LaneLimits(
        int maxInFlight,
        int capacity,
        int breakerThreshold,
        Duration longestProbe,
        Duration longestCall,
        int maxTakeovers) {
    int maxRetriesInFlight() {
        return Math.max(1, maxInFlight / 2);
    }

    /** The other half of the room is for first attempts. Otherwise they would wait in the database until slow retries have ended. */
    int maxRetriesHeld() {
        return Math.max(1, capacity / 2);
    }

    /** Leasing waits for this much room, so that one transaction takes many. */
    int leaseAt() {
        return Math.max(1, capacity / 4);
    }

    /** Between the ends of two attempts to reach a consumer that is away, as long as it has jobs that wait for it. */
    Duration longestGap() {
        return longestProbe.plus(Absence.LONGEST_PAUSE).plus(longestCall);
    }

    /** A job with so many takeovers is dead if its holder dies once more. */
    int suspectFrom() {
        return Math.max(1, maxTakeovers - 1);
    }

    /** Room kept for jobs that are more urgent than all that wait in the database. */
    int urgentRoom() {
        return Math.max(1, capacity / 8);
    }
}
