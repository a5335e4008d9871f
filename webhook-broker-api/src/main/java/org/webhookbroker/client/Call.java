package org.webhookbroker.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.webhookbroker.api.BrokerHeaders;

/**
 * A request of the API, which may be made several times.
 *
 * @param what for people
 * @param path with encoded segments
 * @param largestAnswer bytes of the answer's body that are read
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Call(String what, String method, String path, Map<String, String> headers, byte[] body, int largestAnswer) {
    /** Of an answer whose body matters to people alone. */
    static final int SMALL_ANSWER = 64 * 1024;

    private static final List<String> SECRET =
            List.of(BrokerHeaders.CHANNEL_TOKEN, BrokerHeaders.PRODUCER_TOKEN, BrokerHeaders.CONSUMER_TOKEN);
    /** A shorter one is no secret, and its letters are in every text. */
    private static final int SHORTEST_SECRET = 6;

    Call(String what, String method, String path, Map<String, String> headers, byte[] body) {
        this(what, method, path, headers, body, SMALL_ANSWER);
    }

    static String segment(String id) {
        return "/" + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The headers, and one more. */
    static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> all = new HashMap<>(headers);
        all.put(name, value);
        return all;
    }

    /** Without the tokens that this call sends, as an answer may repeat what it was sent. */
    String masked(String text) {
        String masked = text;
        for (String name : SECRET) {
            masked = masked(masked, headers.getOrDefault(name, ""));
        }
        return masked;
    }

    /** Also where only the beginning of the secret is there, at the end of a text that was cut. */
    static String masked(String text, String secret) {
        if (secret.length() < SHORTEST_SECRET) {
            return text;
        }
        String masked = text.replace(secret, "***");
        for (int length = secret.length() - 1; length >= SHORTEST_SECRET; length--) {
            if (masked.endsWith(secret.substring(0, length))) {
                return masked.substring(0, masked.length() - length) + "***";
            }
        }
        return masked;
    }

    /** Without the headers, which hold tokens. */
    @Override
    public String toString() {
        return what;
    }
}
