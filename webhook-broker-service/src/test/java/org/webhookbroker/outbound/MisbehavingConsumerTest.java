package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** Whatever a consumer does, the call ends in time and says what happened. */
@Tag("G8")
@Tag("slow")
class MisbehavingConsumerTest {
    private static final Outcome TIMEOUT =
            new Outcome.TimedOut("timeout", Reach.SOMEBODY, true, "The consumer did not answer in time");

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

        // By its length: the time that a call or its body may take would end it too.
        Duration anHour = Duration.ofHours(1);
        try (WebhookClient patient =
                Clients.client(factory -> factory.drainTimeout = io.dropwizard.util.Duration.hours(1))) {
            Outcome delivered = new Outcome.Delivered(200);
            assertThat(Clients.send(patient, Clients.call(consumer.url("/ok"), anHour)))
                    .isEqualTo(delivered);
            assertThat(Clients.send(patient, Clients.call(consumer.url("/no"), anHour))
                            .reason())
                    .isEqualTo("status-500");
            assertThat(Clients.send(patient, Clients.call(consumer.url("/chunked"), anHour)))
                    .isEqualTo(delivered);
        }
        await().until(() -> consumer.openConnections() == 0);
    }

    @Test
    void endlessHeadsAreCutOff() {
        consumer.on("/many", Behavior.endless("HTTP/1.1 200 OK\r\n", "X-Header: value\r\n"));
        consumer.on("/long", Behavior.endless("HTTP/1.1 200 OK\r\nX-Header: ", "x".repeat(1000)));
        consumer.on("/line", Behavior.endless("HTTP/1.1 200 ", "x".repeat(1000)));
        consumer.on("/empty", Behavior.endless("", "\r\n"));
        consumer.on("/interim", Behavior.endless("", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"));
        consumer.on("/interim-head", Behavior.endless("HTTP/1.1 103 Early Hints\r\n", "Link: <x>\r\n"));

        for (String path : List.of("/many", "/long")) {
            assertThat(send(path, Clients.LONG).reason()).isEqualTo("status-200");
        }
        for (String path : List.of("/line", "/empty", "/interim", "/interim-head")) {
            Outcome outcome = send(path, Clients.LONG);
            assertThat(outcome.reason()).isEqualTo("bad-response");
            assertThat(outcome.mayHaveArrived()).isTrue();
        }
        await().until(() -> consumer.openConnections() == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9\r\n\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/9.9 200 OK\r\n\r\n",
                "HTTP/1.1 007 Bond\r\n\r\n",
                "HTTP/1.1 000\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 101 Other\r\nUpgrade: x\r\n\r\n"
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
        assertThat(outcome.detail()).isEqualTo("The answer is not valid HTTP");
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
        assertThat(outcome.reason()).isIn("reset", "connect", "not-processed");
        assertThat(outcome.attempted()).isEqualTo(outcome.mayHaveArrived());
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

        assertThat(Clients.send(client, call).reason()).isEqualTo("status-200");
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

    private Outcome send(Duration timeout) {
        return send("/hook", timeout);
    }

    private Outcome send(String path, Duration timeout) {
        return Clients.send(client, Clients.call(consumer.url(path), timeout));
    }
}
