package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Named.named;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** Bytes after a complete answer cost the connection, and never an attempt of the next call. */
@Tag("G6")
class LeftoverTest {
    private static final String NO_CONTENT = "HTTP/1.1 204 No Content\r\n";
    private static final String REFUSAL = "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n";
    private static final String EMPTY = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private final ConsumerServer consumer = ConsumerServer.start();
    private final WebhookClient client = Clients.client();

    @AfterEach
    void close() {
        client.close();
        consumer.close();
    }

    static Stream<Named<String>> answers() {
        return Stream.of(
                named("204 with a body", NO_CONTENT + "Content-Type: application/json\r\n\r\nnull"),
                named("204 with a length", NO_CONTENT + "Content-Length: 4\r\n\r\nnull"),
                named("204 with chunks", NO_CONTENT + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
                named("204 and a line", NO_CONTENT + "\r\n\r\n"),
                named("204 and a letter", NO_CONTENT + "\r\nH"),
                named("length 0 with a body", EMPTY + "ok"),
                named("length too short", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokay"),
                named(
                        "chunks and a line",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n\r\n"),
                named("204 and another answer", NO_CONTENT + "\r\n" + REFUSAL),
                named("200 and another answer", EMPTY + REFUSAL),
                named("200 and interim answers", EMPTY + "HTTP/1.1 103 Early\r\n\r\n"),
                named("much", EMPTY + "x".repeat(100_000)));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void theNextCallTakesAnotherConnection(String answer) {
        consumer.on("/hook", Behavior.raw(answer));

        for (int i = 0; i < 20; i++) {
            assertThat(send().delivered()).isTrue();
        }

        assertThat(consumer.requests()).hasSize(20);
        assertThat(consumer.connections()).isEqualTo(20);
    }

    @Test
    void aRefusalIsNoBetter() {
        consumer.on("/hook", Behavior.raw("HTTP/1.1 304 No\r\n\r\n" + EMPTY));

        assertThat(send().reason()).isEqualTo("redirect-304");
        assertThat(send().reason()).isEqualTo("redirect-304");
    }

    /** They would take it the moment that the answer ends. */
    @Test
    void callsThatWaitForTheConnectionDoNotGetTheRestAsTheirAnswer() {
        consumer.on("/hook", Behavior.raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + REFUSAL));
        try (WebhookClient narrow = Clients.client(factory -> factory.maxConnectionsPerRoute = 1)) {
            List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                outcomes.add(narrow.send(Clients.call(consumer.url("/hook"), Clients.LONG)));
            }
            assertThat(outcomes.stream().map(Clients::await)).containsOnly(new Outcome.Delivered(200));
        }
        assertThat(consumer.connections()).isEqualTo(20);
    }

    @Test
    void whatComesWhileTheConnectionRestsClosesIt() {
        CountDownLatch resting = new CountDownLatch(1);
        consumer.on("/late", (request, connection) -> {
            connection.write(EMPTY);
            resting.await();
            connection.write(REFUSAL);
            connection.waitForEnd();
        });

        assertThat(send("/late").delivered()).isTrue();
        resting.countDown();
        await().until(() -> consumer.openConnections() == 0);

        assertThat(send("/hook").delivered()).isTrue();
        assertThat(consumer.connections()).isEqualTo(2);
    }

    /** They write head and body one after the other, and we may have sent again in between. */
    @Test
    void whatComesBesideTheNextRequestIsPassedOver() {
        consumer.on("/hook", Behavior.sequence(Behavior.raw(EMPTY), Behavior.raw("null" + EMPTY)));
        consumer.on("/long", Behavior.sequence(Behavior.raw(EMPTY), Behavior.raw("x".repeat(10_000) + "\r\n" + EMPTY)));
        consumer.on("/line", Behavior.sequence(Behavior.raw(EMPTY), Behavior.raw("x".repeat(10_000) + EMPTY)));

        for (String path : new String[] {"/hook", "/long", "/line"}) {
            int before = consumer.connections();
            assertThat(send(path).delivered()).isTrue();
            assertThat(send(path).delivered()).isTrue();
            assertThat(send("/other").delivered()).isTrue();
            assertThat(consumer.connections()).isLessThanOrEqualTo(before + 2);
        }
        assertThat(consumer.requests()).hasSize(9);
    }

    @Test
    void onANewConnectionItIsGarbage() {
        consumer.on("/hook", Behavior.raw("null" + EMPTY));

        assertThat(send().reason()).isEqualTo("bad-response");
    }

    @Test
    void cleanAnswersKeepTheirConnection() {
        consumer.on("/hook", Behavior.raw(NO_CONTENT + "Content-Type: application/json\r\n\r\n"));

        for (int i = 0; i < 20; i++) {
            assertThat(send().delivered()).isTrue();
        }

        assertThat(consumer.connections()).isEqualTo(1);
    }

    private Outcome send() {
        return send("/hook");
    }

    private Outcome send(String path) {
        return Clients.send(client, Clients.call(consumer.url(path), Clients.LONG));
    }
}
