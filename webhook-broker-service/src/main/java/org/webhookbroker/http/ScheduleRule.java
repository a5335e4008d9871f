package org.webhookbroker.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.webhookbroker.api.BrokerHeaders;

/** Contract 4.5: which times a broadcast may be scheduled for. */
public final class ScheduleRule {
    private static final String NOT_A_TIME =
            "invalid date format for " + BrokerHeaders.SCHEDULED_FOR + ", expected ISO-8601/RFC3339 format";

    private final InstantSource clock;
    private final Duration minDelay;

    /** @param minDelay at least so far in the future */
    public ScheduleRule(InstantSource clock, Duration minDelay) {
        this.clock = clock;
        this.minDelay = minDelay;
    }

    /** What to say to a broadcast that names a time. Every one is refused: this version has nowhere to keep the message. */
    Refusal refusal(String header) {
        Optional<Instant> time = parse(header);
        if (time.isEmpty()) {
            return Refusal.of(400, NOT_A_TIME);
        }
        if (time.get().isBefore(clock.instant().plus(minDelay))) {
            return Refusal.of(
                    412, "scheduled time must be at least " + minDelay.toMinutes() + " minutes in the future");
        }
        return Refusal.of(
                400,
                "this version of the broker does not store scheduled messages: remove the header "
                        + BrokerHeaders.SCHEDULED_FOR + " to broadcast now");
    }

    /** RFC 3339: seconds are mandatory, which Java's own parser does not ask for, and so is the zone. */
    private static Optional<Instant> parse(String text) {
        boolean hasSeconds = text.length() > 19 && text.charAt(16) == ':';
        return hasSeconds ? Rfc3339.parse(text) : Optional.empty();
    }
}
