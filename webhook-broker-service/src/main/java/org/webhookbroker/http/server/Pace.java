package org.webhookbroker.http.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.message.IntakeFactory.Limits;

/**
 * How fast a body must arrive.
 *
 * @param grace how far it may fall behind; one that has been faster may not stand still for longer either
 * @param bytesASecond what it must have on average
 */
record Pace(Duration grace, long bytesASecond) {
    /** Whoever allows no grace at all still has to allow for the way through the network. */
    private static final Duration LEAST = Duration.ofMillis(250);

    /** Of bodies from people who have shown no right to send them, while others want their memory: 16 MiB last 16 s. */
    static final Pace OF_STRANGERS_IN_NEED = new Pace(Duration.ZERO, 1 << 20);

    Pace {
        grace = grace.compareTo(LEAST) < 0 ? LEAST : grace;
    }

    static Pace of(Limits limits) {
        return new Pace(limits.uploadGrace(), limits.minUploadRate());
    }

    /** The time, in nanoseconds, until which a body kept pace, after more of it has come. */
    long keptUntil(long before, int bytes, long now) {
        long after = before + bytes * TimeUnit.SECONDS.toNanos(1) / bytesASecond;
        return after - now < 0 ? after : now;
    }

    /** When a body that kept pace until then is too slow. */
    long due(long keptUntil) {
        return keptUntil + grace.toNanos();
    }
}
