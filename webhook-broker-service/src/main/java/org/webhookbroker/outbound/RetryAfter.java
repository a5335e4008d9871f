package org.webhookbroker.outbound;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;

/** Reads {@code Retry-After}: seconds or an HTTP date (RFC 9110, 5.6.7: in any of its three forms). */
final class RetryAfter {
    private static final Duration MAX = Duration.ofDays(365);
    /** The last one names no zone, so that of the client (5.5.2) reads nothing. */
    private static final DateTimeFormatter[] DATES = {
        DateUtils.FORMATTER_RFC1123,
        DateUtils.FORMATTER_RFC1036,
        DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC)
    };

    private static final Pattern SECONDS = Pattern.compile("-?[0-9]{1,18}");

    private RetryAfter() {}

    /**
     * The wait asked for, never negative; empty when the value is absent or means nothing.
     *
     * @param date of the same answer: by it a wait until some time is as long as the consumer means, whatever our clock says
     */
    static Optional<Duration> parse(@Nullable String value, @Nullable String date, Clock clock) {
        String trimmed = value == null ? "" : value.trim();
        if (SECONDS.matcher(trimmed).matches()) {
            return Optional.of(clamp(Duration.ofSeconds(Long.parseLong(trimmed))));
        }
        Optional<Instant> now = time(date);
        return time(trimmed).map(at -> clamp(Duration.between(now.orElseGet(clock::instant), at)));
    }

    private static Optional<Instant> time(@Nullable String text) {
        return text == null || text.isBlank()
                ? Optional.empty()
                : Optional.ofNullable(DateUtils.parseDate(text, DATES));
    }

    private static Duration clamp(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(MAX) > 0 ? MAX : wait;
    }
}
