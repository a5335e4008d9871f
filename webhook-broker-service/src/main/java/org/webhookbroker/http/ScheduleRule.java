package org.webhookbroker.http;

import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
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

    /** The answer to a broadcast that names a time. Every one is refused: this version has nowhere to keep the message. */
    Response refusal(String header) {
        Optional<Instant> time = parse(header);
        if (time.isEmpty()) {
            return Answers.text(Response.Status.BAD_REQUEST, NOT_A_TIME);
        }
        if (time.get().isBefore(clock.instant().plus(minDelay))) {
            return Answers.text(
                    Response.Status.PRECONDITION_FAILED,
                    "scheduled time must be at least " + minDelay.toMinutes() + " minutes in the future");
        }
        return Answers.text(
                Response.Status.BAD_REQUEST,
                "this version of the broker does not store scheduled messages: remove the header "
                        + BrokerHeaders.SCHEDULED_FOR + " to broadcast now");
    }

    /** RFC 3339: seconds are mandatory, which Java's own parser does not ask for, and so is the zone. */
    private static Optional<Instant> parse(String text) {
        boolean hasSeconds = text.length() > 19 && text.charAt(16) == ':';
        try {
            return hasSeconds ? Optional.of(OffsetDateTime.parse(text).toInstant()) : Optional.empty();
        } catch (DateTimeParseException invalid) {
            return Optional.empty();
        }
    }
}
