package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.job.Absence;

/** How long a consumer has not answered, and how long there has been nobody at all. Not thread-safe: its lane guards it. */
final class Outage {
    /** An outage is told when the breaker opens or after this time, and not again within it: a consumer may come and go. */
    private static final long WORTH_TELLING = Duration.ofMinutes(1).toNanos();

    /** What the last attempt says; null while there is no outage. */
    private @Nullable String why;

    private boolean nobody;
    /** There was somebody at any time before. */
    private boolean seen;

    private final long longestGap;
    private long failedAt;
    private long since;
    private long nobodySince;
    private long judgedAt;
    private boolean told;
    private long toldAt = System.nanoTime() - WORTH_TELLING;

    /** @param longestGap between two failed attempts of one outage: after a longer one nothing is known, as other nodes may have met somebody */
    Outage(Duration longestGap) {
        this.longestGap = longestGap.toNanos();
    }

    void goesOn(boolean nobodyThere, String what, long now) {
        boolean isForgotten = why != null && now - failedAt > longestGap;
        boolean begins = why == null || isForgotten;
        failedAt = now;
        since = begins ? now : since;
        seen &= !isForgotten;
        if (nobodyThere && (begins || !nobody)) {
            nobodySince = now;
            judgedAt = now;
        }
        nobody = nobodyThere;
        seen |= !nobodyThere;
        why = what;
    }

    void ends() {
        why = null;
        nobody = false;
        seen = true;
    }

    boolean isOver() {
        return why == null;
    }

    String why() {
        return why == null ? "" : why;
    }

    Duration length(long now) {
        return why == null ? Duration.ZERO : Duration.ofNanos(now - since);
    }

    /** That nobody is there. */
    Absence absence(long now) {
        return new Absence(nobody ? Duration.ofNanos(now - nobodySince) : Duration.ZERO, seen);
    }

    /** Whether it is time to ask of all jobs whether they have waited for too long: at ten moments of that time. */
    boolean judges(Duration limit, long now) {
        boolean due = now - judgedAt >= Absence.betweenJudgements(limit).toNanos();
        judgedAt = due ? now : judgedAt;
        return due;
    }

    /** Something that operators should know, once. Asked before the end of an outage too. */
    Optional<String> news(boolean reached, boolean isBreakerOpen, long now) {
        boolean isWorthTelling = isBreakerOpen || length(now).toNanos() >= WORTH_TELLING;
        if (reached && told) {
            told = false;
            return Optional.of("is back after " + length(now).toSeconds() + " s");
        }
        if (reached || told || why == null || !isWorthTelling || now - toldAt < WORTH_TELLING) {
            return Optional.empty();
        }
        told = true;
        toldAt = now;
        return Optional.of("cannot be reached, its jobs wait: " + why);
    }
}
