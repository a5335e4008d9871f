package org.webhookbroker.dispatch;

import java.time.Duration;

/**
 * Opens when many attempts in a row could not reach a consumer. Then its jobs wait, untouched, and one attempt at a time finds out
 * whether the consumer is back (G7). An answer of any status closes it: a consumer that answers is there, and its failures are for
 * the retry policy. Not thread-safe: its lane guards it.
 */
final class Breaker {
    private static final long FIRST_PROBE = Duration.ofSeconds(1).toNanos();

    private final int threshold;
    private final long longestProbe;
    private int unreachable;
    private long probeDelay = FIRST_PROBE;
    private long nextProbe;

    /** @param threshold unreachable attempts in a row that open it; 0 never opens it */
    Breaker(int threshold, Duration longestProbe) {
        this.threshold = threshold;
        this.longestProbe = longestProbe.toNanos();
    }

    void reached() {
        unreachable = 0;
        probeDelay = FIRST_PROBE;
    }

    /** While it is open only a probe counts: attempts that were in flight when it opened say nothing new. */
    void unreachable(long now) {
        boolean wasOpen = isOpen();
        unreachable++;
        if (wasOpen && now - nextProbe >= 0) {
            probeDelay = Math.min(2 * probeDelay, longestProbe);
            nextProbe = now + probeDelay;
        } else if (!wasOpen && isOpen()) {
            nextProbe = now + probeDelay;
        }
    }

    /** The last attempt has reached the consumer, or there was none. */
    boolean isClosedFirmly() {
        return unreachable == 0;
    }

    boolean isOpen() {
        return threshold > 0 && unreachable >= threshold;
    }

    /** While it is open: how soon the next attempt may be made. */
    Duration nextProbe(long now) {
        return Duration.ofNanos(Math.max(0, nextProbe - now));
    }

    /** While it is open: one attempt after each probe delay. */
    boolean allows(long now, int inFlight) {
        return !isOpen() || (inFlight == 0 && now - nextProbe >= 0);
    }
}
