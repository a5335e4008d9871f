package org.webhookbroker.outbound;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
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

    /** Possessive, so that it reads each character once: whoever answers may send thousands of zeros. */
    private static final Pattern SECONDS = Pattern.compile("(-?)(?=[0-9])0*+([0-9]*+)");
    /** So many digits fit into a long; more are longer than a year too. */
    private static final int DIGITS = 18;

    /** A year of two digits that seems to be further away is one of the last century. */
    private static final Duration FIFTY_YEARS = Duration.ofDays(50 * 365 + 12);

    private static final Pattern TWO_DIGIT_YEAR = Pattern.compile("-[0-9]{2} ");

    private RetryAfter() {}

    /**
     * The wait asked for, never negative; empty when the value is absent or means nothing.
     *
     * @param date of the same answer: by it a wait until some time is as long as the consumer means, whatever our clock says
     */
    static Optional<Duration> parse(@Nullable String value, @Nullable String date, Clock clock) {
        String trimmed = value == null ? "" : value.trim();
        Matcher seconds = SECONDS.matcher(trimmed);
        if (seconds.matches()) {
            return Optional.of(seconds.group(1).isEmpty() ? seconds(seconds.group(2)) : Duration.ZERO);
        }
        Instant now = time(date).orElseGet(clock::instant);
        return time(trimmed)
                .map(at -> Duration.between(now, at))
                .map(wait -> TWO_DIGIT_YEAR.matcher(trimmed).find() && wait.compareTo(FIFTY_YEARS) > 0
                        ? Duration.ZERO
                        : clamp(wait));
    }

    private static Duration seconds(String digits) {
        return digits.length() > DIGITS ? MAX : clamp(Duration.ofSeconds(Long.parseLong("0" + digits)));
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
