package org.webhookbroker.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The wall clock of a node, which goes on but may be wrong. Thread-safe. */
public final class SettableClock extends Clock {
    private volatile Duration error = Duration.ZERO;

    /** From now on it is wrong by this. */
    public void jump(Duration to) {
        error = to;
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(error);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("The broker asks for instants alone");
    }
}
