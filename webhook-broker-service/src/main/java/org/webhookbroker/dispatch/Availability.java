package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.webhookbroker.job.Absence;

/**
 * Whether a consumer may be called now: its breaker allows it, and its lane does not rest. A lane rests because the consumer has
 * asked for time, or because the broker has trouble. Not thread-safe: its lane guards it.
 */
final class Availability {
    private final ReadyJobs ready;
    private final Breaker breaker;
    private final Outage outage;
    private long restsUntil = System.nanoTime();
    private long askedAwayUntil = restsUntil;

    Availability(LaneLimits limits, ReadyJobs ready) {
        this.ready = ready;
        outage = new Outage(limits.longestGap());
        breaker = new Breaker(limits.breakerThreshold(), limits.longestProbe());
    }

    boolean mayCall() {
        long now = System.nanoTime();
        return now - restsUntil >= 0 && breaker.allows(now, ready.inFlight());
    }

    /**
     * Whether what is taken now to go before all others is tried at once. Behind an open breaker only if it would be the probe: when no
     * other can be, since nobody would ever find out otherwise.
     */
    boolean triesNext() {
        return !breaker.isOpen() || (mayCall() && !ready.mayStart());
    }

    /** Returns what operators should know. */
    Optional<String> attempted(Contact contact) {
        rest(contact.pause());
        return switch (contact.reachability()) {
            case NOT_TRIED -> Optional.empty();
            case REACHED -> reached(contact);
            case SILENT, UNREACHABLE -> unreachable(contact);
        };
    }

    private Optional<String> reached(Contact contact) {
        breaker.reached();
        askedAwayUntil = later(askedAwayUntil, contact.pause());
        Optional<String> news = outage.news(true, false, System.nanoTime());
        outage.ends();
        return news;
    }

    private Optional<String> unreachable(Contact contact) {
        long now = System.nanoTime();
        breaker.unreachable(now);
        outage.goesOn(contact.reachability() == Reachability.UNREACHABLE, contact.why(), now);
        return outage.news(false, breaker.isOpen(), now);
    }

    /** That there is nobody at all. */
    Absence absence() {
        return outage.absence(System.nanoTime());
    }

    /** Takes out what waits for a probe that has reached nobody: what has not waited so before, and all from time to time. */
    List<HeldJob> takeAlike(Duration limit) {
        if (!breaker.isOpen()) {
            return List.of();
        }
        boolean all = outage.judges(limit, System.nanoTime());
        return ready.take(job -> all || !job.lease().unreachable());
    }

    /** Empty unless its jobs wait since nobody answers. */
    Optional<Waiting> waiting() {
        long now = System.nanoTime();
        return breaker.isOpen()
                ? Optional.of(new Waiting(outage.length(now), outage.why(), breaker.nextProbe(now)))
                : Optional.empty();
    }

    /** Whether there is nothing to be remembered of the consumer. */
    boolean isUntroubled() {
        return System.nanoTime() - restsUntil >= 0 && !isAskedAway() && breaker.isClosedFirmly() && outage.isOver();
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
