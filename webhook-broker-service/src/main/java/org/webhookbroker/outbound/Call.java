package org.webhookbroker.outbound;

import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * One HTTP POST to a consumer. Headers go out in their order, names as spelled, each once. The body is not copied and must
 * not change. The timeout covers everything from the look-up of the host to the status of the answer,
 * and is a day at most.
 *
 * @param permit asked just before the body goes out: much may have happened since the call was handed over. Must neither block
 *     nor throw
 * @param route by which the consumer may be called
 */
@SuppressWarnings("ArrayRecordComponent") // Payloads are shared, never copied; calls are not compared.
public record Call(
        String url,
        Map<String, String> headers,
        byte[] body,
        Duration timeout,
        BooleanSupplier permit,
        CallRoute route) {
    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    public Call {
        timeout = timeout.compareTo(MAX_TIMEOUT) < 0 ? timeout : MAX_TIMEOUT;
    }

    public Call(String url, Map<String, String> headers, byte[] body, Duration timeout) {
        this(url, headers, body, timeout, () -> true, CallRoute.AS_CONFIGURED);
    }

    /** Whether the URL has a user or a password, which go out as {@code Authorization} if the headers have none. */
    public static boolean hasCredentials(String url) {
        try {
            return Target.of(url).basicAuth().isPresent();
        } catch (BadCall e) {
            return false; // The call itself reports it.
        }
    }
}
