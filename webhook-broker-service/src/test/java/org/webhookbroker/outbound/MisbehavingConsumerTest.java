package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** Whatever a consumer does, the call ends in time and says what happened. */
class MisbehavingConsumerTest {
    private static final Outcome TIMEOUT =
            new Outcome.TimedOut("timeout", true, true, "The consumer did not answer in time");

    private final ConsumerServer consumer = ConsumerServer.start();
    private final WebhookClient client = Clients.client();

    @AfterEach
    void close() {
        client.close();
        consumer.close();
    }

    @Test
    void silence() {
        consumer.on("/hook", Behavior.hang());

        assertThat(send(Clients.SHORT)).isEqualTo(TIMEOUT);
        await().until(() -> consumer.openConnections() == 0);
    }

    /** Here HttpClient's own cancellation does not close the connection. */
    @Test
    void silenceOnAKeptConnection() {
        consumer.on("/hook", Behavior.sequence(Behavior.status(200), Behavior.hang()));

        assertThat(send(Clients.LONG).delivered()).isTrue();
        assertThat(send(Clients.SHORT)).isEqualTo(TIMEOUT);

        assertThat(consumer.connections()).isEqualTo(1);
        await().until(() -> consumer.openConnections() == 0);
    }

    @Test
    void drippedHead() {
        consumer.on("/hook", Behavior.drip("HTTP/1.1 200 OK\r\nX: y\r\n\r\n", Duration.ofMillis(100)));

        assertThat(send(Clients.SHORT)).isEqualTo(TIMEOUT);
        await().until(() -> consumer.openConnections() == 0);
    }

    @Test
    void drippedBodyDoesNotUndoTheStatus() {
        consumer.on("/hook", (request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            Behavior.drip("x".repeat(1000), Duration.ofMillis(50)).answer(request, connection);
        });

        assertThat(send(Clients.LONG)).isEqualTo(new Outcome.Delivered(200));
        await().until(() -> consumer.openConnections() == 0);
    }

    @Test
    void drippedBodyOfARefusalIsQuotedAsFarAsItCame() {
        consumer.on("/hook", (request, connection) -> {
            connection.write("HTTP/1.1 400 Bad\r\nContent-Length: 1000\r\n\r\nno such");
            connection.waitForEnd();
        });

        assertThat(send(Clients.LONG).detail()).isEqualTo("The consumer answered 400: no such");
    }

    @Test
    void endlessBodyIsCutOff() {
        consumer.on("/ok", Behavior.endlessBody(200));
        consumer.on("/no", Behavior.endlessBody(500));
        consumer.on(
                "/chunked", Behavior.endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"));

        assertThat(send("/ok", Clients.LONG)).isEqualTo(new Outcome.Delivered(200));
        assertThat(send("/no", Clients.LONG).reason()).isEqualTo("status-500");
        assertThat(send("/chunked", Clients.LONG)).isEqualTo(new Outcome.Delivered(200));
        await().until(() -> consumer.openConnections() == 0);
    }

    @Test
    void endlessHeadersAreABadResponse() {
        consumer.on("/many", Behavior.endless("HTTP/1.1 200 OK\r\n", "X-Header: value\r\n"));
        consumer.on("/long", Behavior.endless("HTTP/1.1 200 OK\r\nX-Header: ", "x".repeat(1000)));
        consumer.on("/line", Behavior.endless("HTTP/1.1 200 ", "x".repeat(1000)));

        for (String path : List.of("/many", "/long", "/line")) {
            Outcome outcome = send(path, Clients.LONG);
            assertThat(outcome.reason()).isEqualTo("bad-response");
            assertThat(outcome.mayHaveArrived()).isTrue();
        }
        await().until(() -> consumer.openConnections() == 0);
    }

    @Test
    void endlessInformationEndsWithTheDeadline() {
        consumer.on("/hook", Behavior.endless("", "HTTP/1.1 103 Early Hints\r\n\r\n"));

        assertThat(send(Clients.SHORT)).isEqualTo(TIMEOUT);
        await().until(() -> consumer.openConnections() == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9\r\n\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/9.9 200 OK\r\n\r\n",
                "HTTP/1.1 007 Bond\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"
            })
    void garbageIsABadResponse(String answer) {
        consumer.on("/hook", (request, connection) -> {
            connection.write(answer);
            connection.close();
        });

        Outcome outcome = send(Clients.LONG);

        assertThat(outcome.delivered()).isFalse();
        assertThat(outcome.mayHaveArrived()).isTrue();
        assertThat(outcome.reason()).isEqualTo("bad-response");
    }

    @Test
    void resetAndCloseWithoutAnswer() {
        consumer.on("/reset", Behavior.reset()).on("/close", Behavior.close());

        for (String path : List.of("/reset", "/close")) {
            Outcome outcome = send(path, Clients.LONG);
            assertThat(outcome.reason()).isEqualTo("reset");
            assertThat(outcome.mayHaveArrived()).isTrue();
            assertThat(outcome.attempted()).isTrue();
        }
        assertThat(consumer.requests()).hasSize(2);
    }

    @Test
    void keptConnectionLostAfterSendingIsNotSentAgain() {
        consumer.on("/hook", Behavior.sequence(Behavior.status(200), Behavior.close()));

        assertThat(send(Clients.LONG).delivered()).isTrue();
        Outcome outcome = send(Clients.LONG);

        assertThat(outcome.reason()).isEqualTo("stale-connection");
        assertThat(outcome.mayHaveArrived()).isTrue();
        assertThat(consumer.requests()).hasSize(2);
    }

    @Test
    void resetOnConnect() {
        consumer.onConnect(Behavior.reset());

        Outcome outcome = send(Clients.LONG);

        assertThat(outcome.delivered()).isFalse();
        assertThat(outcome.attempted()).isTrue();
        assertThat(outcome.reason()).isIn("reset", "connect");
    }

    @Test
    void bodyThatIsNeverReadEndsWithTheDeadline() {
        consumer.onConnect((request, connection) -> connection.pause(Duration.ofDays(1)));

        Call call = new Call(consumer.url("/hook"), Map.of(), new byte[32 * 1024 * 1024], Clients.SHORT);

        assertThat(Clients.send(client, call)).isEqualTo(TIMEOUT);
    }

    @Test
    void answerBeforeTheBodyWasReadStands() {
        consumer.onConnect((request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            connection.pause(Duration.ofDays(1));
        });
        Call call = new Call(consumer.url("/hook"), Map.of(), new byte[32 * 1024 * 1024], Clients.LONG);

        assertThat(Clients.send(client, call).reason()).isIn("status-200", "bad-response");
        assertThat(client.inFlight()).isZero();
    }

    @Test
    void earlyRefusalOfALargeBodyIsReported() {
        consumer.onConnect((request, connection) -> {
            connection.pause(Duration.ofMillis(200));
            connection.write("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            connection.pause(Duration.ofDays(1));
        });
        Call call = new Call(consumer.url("/hook"), Map.of(), new byte[32 * 1024 * 1024], Clients.LONG);

        assertThat(Clients.send(client, call).reason()).isEqualTo("status-413");
    }

    @Test
    void refusedPort() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        Outcome outcome = Clients.send(client, Clients.call("http://127.0.0.1:" + port + "/hook", Clients.LONG));

        assertThat(outcome.reason()).isEqualTo("connect");
        assertThat(outcome.mayHaveArrived()).isFalse();
        assertThat(outcome.attempted()).isTrue();
        assertThat(outcome.detail()).contains("refused");
    }

    @Test
    void deadlineDuringConnect() throws IOException {
        List<Socket> fill = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 3; i++) { // A full backlog drops what else knocks.
                Socket socket = new Socket();
                fill.add(socket);
                connectQuietly(socket, full);
            }
            Outcome outcome =
                    Clients.send(client, Clients.call("http://127.0.0.1:" + full.getLocalPort() + "/", Clients.SHORT));

            assertThat(outcome)
                    .isEqualTo(new Outcome.TimedOut("connect-timeout", true, false, "Connecting took too long"));
        } finally {
            for (Socket socket : fill) {
                socket.close();
            }
        }
    }

    @Test
    void deadlineDuringTheTlsHandshake() {
        consumer.onConnect((request, connection) -> connection.waitForEnd());
        String url = consumer.url("/hook").replace("http:", "https:");

        Outcome outcome = Clients.send(client, Clients.call(url, Clients.SHORT));

        assertThat(outcome.reason()).isEqualTo("connect-timeout");
        assertThat(outcome.mayHaveArrived()).isFalse();
    }

    @Test
    void plainTextWhereTlsIsExpected() {
        consumer.onConnect(Behavior.raw("HTTP/1.1 400 Bad Request\r\n\r\n"));
        String url = consumer.url("/hook").replace("http:", "https:");

        assertThat(Clients.send(client, Clients.call(url, Clients.LONG)).reason())
                .isEqualTo("tls");
    }

    @Test
    void unknownHost() {
        try (WebhookClient lost = Clients.client(factory -> {}, host -> {
            throw new UnknownHostException(host);
        })) {
            Outcome outcome = Clients.send(lost, Clients.call("http://nowhere.test/", Clients.LONG));

            assertThat(outcome.reason()).isEqualTo("dns");
            assertThat(outcome.attempted()).isTrue();
            assertThat(outcome.mayHaveArrived()).isFalse();
        }
    }

    @Test
    void hangingNameServiceHoldsUpNobodyElse() {
        CountDownLatch never = new CountDownLatch(1);
        Lookup lookup = host -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        };
        try (WebhookClient slow = Clients.client(factory -> {}, lookup)) {
            List<CompletableFuture<Outcome>> hanging = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                hanging.add(slow.send(Clients.call("http://host" + i + ".test/", Clients.SHORT)));
            }
            assertThat(Clients.send(slow, Clients.call(consumer.url("/hook"), Clients.LONG))
                            .delivered())
                    .isTrue();
            assertThat(hanging)
                    .allSatisfy(outcome ->
                            assertThat(Clients.await(outcome).reason()).isEqualTo("dns-timeout"));
        }
    }

    @Test
    void hungConsumerHoldsUpNobodyElse() {
        consumer.on("/hook", Behavior.hang());
        try (ConsumerServer healthy = ConsumerServer.start()) {
            List<CompletableFuture<Outcome>> hung = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                hung.add(client.send(Clients.call(consumer.url("/hook"), Duration.ofSeconds(20))));
            }
            await().until(() -> consumer.connections() == 256);
            for (int i = 0; i < 200; i++) {
                assertThat(Clients.send(client, Clients.call(healthy.url("/hook"), Clients.LONG))
                                .delivered())
                        .isTrue();
            }
            assertThat(hung).noneMatch(CompletableFuture::isDone);
            assertThat(client.inFlight()).isEqualTo(500);
        }
    }

    @Test
    void waitingForAConnectionSpendsNoAttempt() {
        consumer.on("/hook", Behavior.hang());
        try (WebhookClient narrow = Clients.client(factory -> factory.setMaxConnectionsPerRoute(1))) {
            CompletableFuture<Outcome> first = narrow.send(Clients.call(consumer.url("/hook"), Clients.LONG));
            await().until(() -> consumer.requests().size() == 1);

            Outcome second = Clients.send(narrow, Clients.call(consumer.url("/hook"), Clients.SHORT));

            assertThat(second.reason()).isEqualTo("pool-timeout");
            assertThat(second.attempted()).isFalse();
            assertThat(second.mayHaveArrived()).isFalse();
            assertThat(first).isNotDone();
        }
    }

    @Test
    void connectionsOfTimedOutCallsAreFreeAgain() {
        consumer.on("/hook", Behavior.hang());
        try (WebhookClient narrow = Clients.client(factory -> factory.setMaxConnectionsPerRoute(2))) {
            for (int i = 0; i < 5; i++) {
                CompletableFuture<Outcome> a = narrow.send(Clients.call(consumer.url("/hook"), Duration.ofMillis(50)));
                CompletableFuture<Outcome> b = narrow.send(Clients.call(consumer.url("/hook"), Duration.ofMillis(50)));
                assertThat(Clients.await(a)).isInstanceOf(Outcome.TimedOut.class);
                assertThat(Clients.await(b)).isInstanceOf(Outcome.TimedOut.class);
            }
            consumer.on("/hook", Behavior.status(200));
            assertThat(Clients.send(narrow, Clients.call(consumer.url("/hook"), Clients.LONG))
                            .delivered())
                    .isTrue();
        }
    }

    @Test
    void tooManyCallsInFlight() {
        consumer.on("/hook", Behavior.hang());
        try (WebhookClient small = Clients.client(factory -> factory.setMaxInFlight(1))) {
            CompletableFuture<Outcome> first = small.send(Clients.call(consumer.url("/hook"), Clients.LONG));

            Outcome second = Clients.send(small, Clients.call(consumer.url("/hook"), Clients.LONG));

            assertThat(second.reason()).isEqualTo("overload");
            assertThat(second.attempted()).isFalse();
            assertThat(first).isNotDone();
        }
    }

    @Test
    void closeEndsEveryCall() {
        consumer.on("/hook", Behavior.hang());
        WebhookClient closing = Clients.client();
        List<CompletableFuture<Outcome>> calls = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            calls.add(closing.send(Clients.call(consumer.url("/hook"), Clients.LONG)));
        }
        await().until(() -> consumer.requests().size() == 256);

        closing.close();

        assertThat(calls)
                .allSatisfy(
                        call -> assertThat(call.getNow(new Outcome.Delivered(1)).reason())
                                .isEqualTo("shutdown"));
        assertThat(calls.stream().filter(call -> call.join().mayHaveArrived())).hasSize(256);
        assertThat(closing.inFlight()).isZero();
        Outcome late = Clients.send(closing, Clients.call(consumer.url("/hook"), Clients.LONG));
        assertThat(late.reason()).isEqualTo("shutdown");
        assertThat(late.attempted()).isFalse();
        closing.close();
    }

    private Outcome send(Duration timeout) {
        return send("/hook", timeout);
    }

    private Outcome send(String path, Duration timeout) {
        return Clients.send(client, Clients.call(consumer.url(path), timeout));
    }

    private static void connectQuietly(Socket socket, ServerSocket server) {
        try {
            socket.connect(server.getLocalSocketAddress(), 100);
        } catch (IOException e) {
            // The backlog is full, as it should be.
        }
    }
}
