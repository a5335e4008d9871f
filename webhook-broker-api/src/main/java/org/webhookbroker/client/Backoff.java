package org.webhookbroker.client;

import java.time.Duration;

/** How long to wait before each try: twice as long each time, at random between half of it and all of it. For one thread. */
final class Backoff {
    static final Duration FIRST = Duration.ofMillis(100);
    static final Duration LONGEST = Duration.ofSeconds(10);
    /** However long the broker, or something in front of it, asks us to wait. */
    static final Duration LONGEST_ASKED = Duration.ofSeconds(30);

    private final Timing timing;
    private final long longest;
    private long next;

    Backoff(Timing timing, Duration longest) {
        this.timing = timing;
        this.longest = longest.toNanos();
        reset();
    }

    void reset() {
        next = Math.min(FIRST.toNanos(), longest);
    }

    /** @param asked what the last answer asks for; that and up to a quarter more, so that those who were refused together do not return together */
    long nanos(Duration asked) {
        double own = next * (1 + timing.random().getAsDouble()) / 2;
        double bounded = Math.min(asked.toNanos(), LONGEST_ASKED.toNanos())
                * (1 + timing.random().getAsDouble() / 4);
        next = Math.min(2 * next, longest);
        return (long) Math.max(own, bounded);
    }
}
