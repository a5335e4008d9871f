package org.webhookbroker.dispatch;

import java.time.Duration;

/**
 * Whether a consumer may be called now: its breaker allows it, and its lane does not rest. A lane rests because the consumer has
 * asked for time, or because the broker has trouble. Not thread-safe: its lane guards it.
 */
final class Availability {
    private final ReadyJobs ready;
    private final Breaker breaker;
    private long restsUntil = System.nanoTime();
    private long askedAwayUntil = restsUntil;

    Availability(LaneLimits limits, ReadyJobs ready) {
        this.ready = ready;
        breaker = new Breaker(limits.breakerThreshold(), limits.longestProbe());
    }

    boolean mayCall() {
        long now = System.nanoTime();
        return now - restsUntil >= 0 && breaker.allows(now, ready.inFlight());
    }

    boolean isBreakerOpen() {
        return breaker.isOpen();
    }

    /** @param pause how long the lane rests; if the consumer was reached, it asked for this pause itself */
    void attempted(Reachability reachability, Duration pause) {
        if (reachability == Reachability.REACHED) {
            breaker.reached();
            askedAwayUntil = later(askedAwayUntil, pause);
        } else if (reachability == Reachability.UNREACHABLE) {
            breaker.unreachable(System.nanoTime());
        }
        rest(pause);
    }

    void rest(Duration pause) {
        restsUntil = later(restsUntil, pause);
    }

    /** Whether the consumer itself has told us to stay away for a while. */
    boolean isAskedAway() {
        return askedAwayUntil - System.nanoTime() > 0;
    }

    private static long later(long deadline, Duration pause) {
        long until = System.nanoTime() + pause.toNanos();
        return until - deadline > 0 ? until : deadline;
    }
}
