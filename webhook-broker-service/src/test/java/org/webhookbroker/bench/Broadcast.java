package org.webhookbroker.bench;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A request that sends a message.
 *
 * @param request as it goes over the wire, without a time
 * @param timed the same with a metadata header for the time at which it was due
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Broadcast(byte[] request, byte[] timed, int timeAt) {
    static final String PRODUCER = "bench";

    private static final String TIME = "0".repeat(19);
    /** From {@link System#nanoTime()} to the time of the day, which other processes have too. */
    @SuppressWarnings("TimeInStaticInitializer")
    private static final long OFFSET = timeOfDay(Instant.now()) - System.nanoTime();

    static Broadcast to(String channel, String body) {
        return to(channel, body, "X-Broker-Channel-Token: ct", "X-Broker-Producer-Token: pt");
    }

    /** With a key in place of tokens. */
    static Broadcast withKey(String key, String channel, String body) {
        return to(channel, body, "Authorization: Bearer " + key);
    }

    private static Broadcast to(String channel, String body, String... credentials) {
        String head = """
                POST /channel/%s/broadcast HTTP/1.1
                Host: broker
                Content-Type: application/json
                X-Broker-Producer-ID: %s
                %s
                Content-Length: %d
                """.formatted(
                channel, PRODUCER, String.join("\n", credentials), body.getBytes(StandardCharsets.UTF_8).length);
        String time = "X-Broker-Metadata-Headers: X-Sent\nX-Sent: " + TIME + "\n";
        byte[] timed = bytes(head + time, body);
        return new Broadcast(
                bytes(head, body), timed, (head + time).replace("\n", "\r\n").indexOf(TIME));
    }

    private static byte[] bytes(String head, String body) {
        return ((head + "\n").replace("\n", "\r\n") + body).getBytes(StandardCharsets.UTF_8);
    }

    /** @param nanos as of {@link System#nanoTime()} */
    byte[] at(long nanos) {
        byte[] request = timed.clone();
        long left = nanos + OFFSET;
        for (int i = timeAt + TIME.length() - 1; i >= timeAt; i--) {
            request[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        return request;
    }

    /** Nanoseconds as requests say them. */
    static long now() {
        return System.nanoTime() + OFFSET;
    }

    private static long timeOfDay(Instant now) {
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
