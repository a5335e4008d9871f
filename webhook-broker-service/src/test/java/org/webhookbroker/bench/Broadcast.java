package org.webhookbroker.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A request that sends a message, ready but for its time. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Broadcast(byte[] request, int timeAt) {
    static final String PRODUCER = "bench";

    private static final String TIME = "0".repeat(19);

    static Broadcast to(String channel, String body) {
        return to(channel, body, "X-Broker-Channel-Token: ct", "X-Broker-Producer-Token: pt");
    }

    /** With a key in place of tokens. */
    static Broadcast withKey(String key, String channel, String body) {
        return to(channel, body, "Authorization: Bearer " + key);
    }

    private static Broadcast to(String channel, String body, String... credentials) {
        byte[] payload = body.getBytes(StandardCharsets.UTF_8);
        String head = """
                POST /channel/%s/broadcast HTTP/1.1
                Host: broker
                Content-Type: application/json
                X-Broker-Producer-ID: %s
                %s
                X-Broker-Metadata-Headers: X-Sent
                Content-Length: %d
                X-Sent: %s

                """.formatted(channel, PRODUCER, String.join("\n", credentials), payload.length, TIME)
                .replace("\n", "\r\n");
        byte[] request = Arrays.copyOf(head.getBytes(StandardCharsets.US_ASCII), head.length() + payload.length);
        System.arraycopy(payload, 0, request, head.length(), payload.length);
        return new Broadcast(request, head.indexOf(TIME));
    }

    /** @param nanos as of {@link System#nanoTime()}, which must not be negative */
    byte[] at(long nanos) {
        byte[] timed = request.clone();
        long left = nanos;
        for (int i = timeAt + TIME.length() - 1; i >= timeAt; i--) {
            timed[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        return timed;
    }
}
