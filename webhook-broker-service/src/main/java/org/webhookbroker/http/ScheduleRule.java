package org.webhookbroker.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.http.server.Rfc3339;

/** Contract 4.5: which times a broadcast may be scheduled for. */
final class ScheduleRule {
    private static final String NOT_A_TIME =
            "invalid date format for " + BrokerHeaders.SCHEDULED_FOR + ", expected ISO-8601/RFC3339 format";
    /** The latest time that a column can hold. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private final InstantSource clock;
    private final Duration minDelay;

    /** @param minDelay how far in the future a time must be at least */
    ScheduleRule(InstantSource clock, Duration minDelay) {
        this.clock = clock;
        this.minDelay = minDelay;
    }

    /** The time that the header names, rounded up to stored microseconds, since nothing is delivered before its time. */
    Instant require(String header) {
        Instant time = Rfc3339.parse(header).orElseThrow(() -> Refusal.of(400, NOT_A_TIME));
        if (time.isBefore(clock.instant().plus(minDelay))) {
            throw Refusal.of(412, "scheduled time must be at least " + text(minDelay) + " in the future");
        }
        Instant below = time.truncatedTo(ChronoUnit.MICROS);
        Instant stored = below.equals(time) ? time : below.plus(1, ChronoUnit.MICROS);
        if (stored.isAfter(LATEST)) {
            throw Refusal.of(
                    400,
                    "Bad Request: `" + BrokerHeaders.SCHEDULED_FOR + "` is after " + Rfc3339.text(LATEST)
                            + ", the latest time that can be kept; use an earlier one");
        }
        return stored;
    }

    private static String text(Duration delay) {
        return delay.equals(Duration.ofMinutes(delay.toMinutes()))
                ? delay.toMinutes() + " minutes"
                : delay.toMillis() / 1e3 + " seconds";
    }
}
