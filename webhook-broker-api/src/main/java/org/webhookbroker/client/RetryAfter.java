package org.webhookbroker.client;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** Reads the header of this name, which anything between us and the broker may have written. */
final class RetryAfter {
    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryAfter() {}

    /** Zero for what is no whole number of seconds and no date of HTTP, or lies in the past; at most a day. */
    static Duration parse(String value, Instant now) {
        String text = value.strip();
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            String digits = text.replaceFirst("^0+(?=.)", "");
            return digits.length() > 5 ? LONGEST : atMostADay(Duration.ofSeconds(Long.parseLong(digits)));
        }
        try {
            Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return at.isAfter(now) ? atMostADay(Duration.between(now, at)) : Duration.ZERO;
        } catch (DateTimeParseException neither) {
            return Duration.ZERO;
        }
    }

    private static Duration atMostADay(Duration wait) {
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
