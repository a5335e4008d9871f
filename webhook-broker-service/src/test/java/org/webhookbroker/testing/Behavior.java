package org.webhookbroker.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** How a {@link ConsumerServer} answers a request it has read. */
@FunctionalInterface
public interface Behavior {
    void answer(ReceivedRequest request, ConsumerConnection connection) throws IOException, InterruptedException;

    static Behavior status(int status) {
        return reply(status, "");
    }

    /** A whole answer; headers as lines, such as {@code "Retry-After: 3"}. */
    static Behavior reply(int status, String body, String... headers) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = head(status, "Content-Length: " + bytes.length, headers);
        String wire =
                head + new String(bytes, StandardCharsets.ISO_8859_1); // What write() turns back into these bytes.
        return (request, connection) -> connection.write(wire);
    }

    static Behavior redirect(int status, String location) {
        return reply(status, "", "Location: " + location);
    }

    /** These bytes as they are, then the next request. */
    static Behavior raw(String bytes) {
        return (request, connection) -> connection.write(bytes);
    }

    /** Never answers; ends with the server or the client. */
    static Behavior hang() {
        return (request, connection) -> connection.waitForEnd();
    }

    /** Answers nothing until the gate opens, then as told. */
    static Behavior gated(CountDownLatch gate, Behavior then) {
        return (request, connection) -> {
            gate.await();
            then.answer(request, connection);
        };
    }

    static Behavior after(Duration delay, Behavior then) {
        return (request, connection) -> {
            connection.pause(delay);
            then.answer(request, connection);
        };
    }

    /** The bytes one by one with a pause before each, then silence. */
    static Behavior drip(String bytes, Duration pause) {
        return (request, connection) -> {
            for (int i = 0; i < bytes.length(); i++) {
                connection.pause(pause);
                connection.write(bytes.substring(i, i + 1));
            }
            connection.waitForEnd();
        };
    }

    /** The start, then one piece again and again for as long as the client takes it. */
    static Behavior endless(String start, String piece) {
        return (request, connection) -> {
            connection.write(start);
            while (true) {
                connection.write(piece);
            }
        };
    }

    static Behavior endlessBody(int status) {
        return endless("HTTP/1.1 " + status + " Status\r\nContent-Length: 1000000000000\r\n\r\n", "x".repeat(8192));
    }

    static Behavior reset() {
        return (request, connection) -> connection.reset();
    }

    /** Closes in good order without an answer. */
    static Behavior close() {
        return (request, connection) -> connection.close();
    }

    /** Acts as a proxy that takes every name for the loopback. */
    static Behavior proxy() {
        return (request, connection) -> {
            if (request.method().equals("CONNECT")) {
                connection.tunnel(Integer.parseInt(request.path().replaceFirst(".*:", "")));
            } else {
                connection.forward(request);
            }
        };
    }

    /** Acts as a proxy for clients with these credentials, and refuses the others. */
    static Behavior proxyFor(String user, String password) {
        String credentials =
                Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        Behavior refusal = reply(407, "", "Proxy-Authenticate: Basic realm=\"proxy\"");
        return (request, connection) -> (("Basic " + credentials).equals(request.header("Proxy-Authorization"))
                        ? proxy()
                        : refusal)
                .answer(request, connection);
    }

    /** One behavior for each request in turn; the last one stays. */
    static Behavior sequence(Behavior... behaviors) {
        List<Behavior> all = List.of(behaviors);
        AtomicInteger turn = new AtomicInteger();
        return (request, connection) ->
                all.get(Math.min(turn.getAndIncrement(), all.size() - 1)).answer(request, connection);
    }

    private static String head(int status, String framing, String... headers) {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return "HTTP/1.1 " + status + " Status\r\n" + framing + "\r\n" + more + "\r\n";
    }
}
