package org.webhookbroker.client;

import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.UnaryOperator;

/** @param body of which there may be more if {@code cut} */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, HttpClient.Version version, HttpHeaders headers, byte[] body, boolean cut) {
    /** 503 and 429 are the broker's. The others are what is in front of it says while the broker restarts, or was too slow. */
    private static final Set<Integer> PASSING = Set.of(408, 429, 502, 503, 504);

    private static final int LONGEST_TEXT = 1000;

    /** Whether the same request may be answered otherwise soon. */
    boolean isPassing() {
        return PASSING.contains(status);
    }

    Duration retryAfter() {
        return headers.firstValue("Retry-After")
                .map(value -> RetryAfter.parse(value, Instant.now()))
                .orElse(Duration.ZERO);
    }

    /**
     * For people: one line, without control characters.
     *
     * @param masking hides secrets, before the text is changed or cut, which would hide them from it
     */
    String text(UnaryOperator<String> masking) {
        String whole = new String(body, 0, Math.min(body.length, Call.SMALL_ANSWER), StandardCharsets.UTF_8);
        String text = masking.apply(whole).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    }
}
