package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** The status is known when its line was read; what is wrong with the rest of the head costs the connection at most. */
@Tag("G8")
class AnswerHeadTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String EMPTY = "Content-Length: 0\r\n\r\n";
    private static final Outcome DELIVERED = new Outcome.Delivered(200);

    private final ConsumerServer consumer = ConsumerServer.start();
    private final WebhookClient client = Clients.client();

    @AfterEach
    void close() {
        client.close();
        consumer.close();
    }

    /** Nothing in them is against the rules. */
    static Stream<Named<String>> larges() {
        return Stream.of(
                named("a line of 9,000", OK + "Content-Security-Policy: " + "x".repeat(9000) + "\r\n" + EMPTY),
                named("a line of 100,000", OK + "X: " + "x".repeat(100_000) + "\r\n" + EMPTY),
                named("150 fields", OK + "Set-Cookie: a=b\r\n".repeat(150) + EMPTY),
                named("5,000 fields", OK + "Set-Cookie: a=b\r\n".repeat(5000) + EMPTY),
                named("a long reason", "HTTP/1.1 200 " + "x".repeat(9000) + "\r\n" + EMPTY),
                named("a long name", OK + "x".repeat(9000) + ": x\r\n" + EMPTY),
                named("folded lines", OK + "X: a\r\n" + " and so on\r\n".repeat(1000) + EMPTY),
                named("equal lengths", OK + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"),
                named("equal lengths in one line", OK + "Content-Length: 2, 2\r\n\r\nok"),
                named("a folded length", OK + "Content-Length:\r\n 2\r\n\r\nok"),
                named("interim answers", "HTTP/1.1 103 Early\r\nLink: <x>\r\n\r\n".repeat(500) + OK + EMPTY),
                named("no reason", "HTTP/1.1 200\r\n" + EMPTY),
                named("bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
                named("many trailers' fields named", OK + "Trailer: a, b, c\r\n" + EMPTY));
    }

    @ParameterizedTest
    @MethodSource("larges")
    void largeHeadsCostNothing(String answer) {
        consumer.on("/hook", Behavior.raw(answer));

        assertThat(send()).isEqualTo(DELIVERED);
        assertThat(send()).isEqualTo(DELIVERED);

        assertThat(consumer.connections()).isEqualTo(1);
    }

    /** Others may read them differently, or there is no telling where they end. */
    static Stream<Named<String>> odds() {
        String chunked = "Transfer-Encoding: chunked\r\n\r\n";
        return Stream.of(
                named("different lengths", OK + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
                named("a negative length", OK + "Content-Length: -5\r\n\r\n"),
                named("a length that is no number", OK + "Content-Length: x\r\n\r\n"),
                named("a length beyond all numbers", OK + "Content-Length: " + "9".repeat(30) + "\r\n\r\n"),
                named("an endless list of lengths", OK + "Content-Length: 0\r\n".repeat(200) + "\r\n"),
                named("a line without a colon", OK + "nonsense\r\n" + EMPTY),
                named("no name", OK + ": x\r\n" + EMPTY),
                named("a space before the colon", OK + "Content-Length : 0\r\n" + EMPTY),
                named("a NUL", OK + "X: a\0b\r\n" + EMPTY),
                named("a bare CR", OK + "X: a\rY: b\r\n" + EMPTY),
                named("both framings", OK + "Content-Length: 5\r\n" + chunked + "2\r\nok\r\n0\r\n\r\n"),
                named("a broken chunk", OK + chunked + "zz\r\nok\r\n0\r\n\r\n"),
                named("a chunk without an end", OK + chunked + "2\r\nokay\r\n0\r\n\r\n"),
                named("a long extension", OK + chunked + "2;" + "x".repeat(9000) + "\r\nok\r\n0\r\n\r\n"),
                named("many trailers", OK + chunked + "2\r\nok\r\n0\r\n" + "X: y\r\n".repeat(200) + "\r\n"),
                named("a long trailer", OK + chunked + "0\r\nX: " + "y".repeat(9000) + "\r\n\r\n"),
                named("a bad trailer", OK + chunked + "0\r\nnonsense\r\n\r\n"),
                named("more than the bound", OK + "X: y\r\n".repeat(60_000) + EMPTY));
    }

    @ParameterizedTest
    @MethodSource("odds")
    void oddHeadsCostTheConnectionOnly(String answer) {
        consumer.on("/hook", Behavior.raw(answer));

        assertThat(send()).isEqualTo(DELIVERED);
        assertThat(send()).isEqualTo(DELIVERED);

        assertThat(consumer.connections()).isEqualTo(2);
        assertThat(consumer.requests()).hasSize(2);
    }

    /** The body ends with the connection, so this is not waited for longer than any body. */
    @Test
    void unknownCodingsAreNotRead() {
        consumer.on("/unknown", Behavior.raw(OK + "Transfer-Encoding: br\r\n\r\nxx"));
        consumer.on(
                "/zip",
                Behavior.raw("HTTP/1.1 500 No\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nxx\r\n0\r\n\r\n"));

        assertThat(send("/unknown")).isEqualTo(DELIVERED);
        assertThat(send("/zip").detail()).isEqualTo("The consumer answered 500 with a compressed body");
    }

    @Test
    void headThatBreaksOffKeepsItsStatus() {
        consumer.on("/closed", (request, connection) -> {
            connection.write(OK + "Content-Le");
            connection.close();
        });
        consumer.on("/silent", (request, connection) -> {
            connection.write("HTTP/1.1 410 Gone\r\nContent-Le");
            connection.waitForEnd();
        });
        consumer.on("/cut", (request, connection) -> {
            connection.write("HTTP/1.1 20");
            connection.close();
        });

        assertThat(send("/closed")).isEqualTo(DELIVERED);
        assertThat(send("/silent").reason()).isEqualTo("status-410");
        assertThat(send("/cut").reason()).isEqualTo("bad-response");
    }

    @Test
    void refusalWithALargeHeadKeepsItsStatusAndItsWish() {
        String endless = "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n";
        consumer.on("/large", Behavior.raw(endless + "X: " + "y".repeat(20_000) + "\r\n" + EMPTY));
        consumer.on("/endless", Behavior.endless(endless, "X: y\r\n"));
        consumer.on("/broken", (request, connection) -> {
            connection.write(endless + "X");
            connection.reset();
        });

        for (String path : new String[] {"/large", "/endless", "/broken"}) {
            Outcome outcome = send(path);
            assertThat(outcome.reason()).isEqualTo("status-503");
            assertThat(outcome.retryHint()).isEqualTo(Optional.of(Duration.ofSeconds(7)));
        }
    }

    @Test
    void refusalIsQuotedAlsoWhenItsHeadIsOdd() {
        consumer.on("/hook", Behavior.raw("HTTP/1.1 422 No\r\nnonsense\r\nContent-Length: 7\r\n\r\nno such"));

        assertThat(send().detail()).isEqualTo("The consumer answered 422: no such");
    }

    private Outcome send() {
        return send("/hook");
    }

    private Outcome send(String path) {
        return Clients.send(client, Clients.call(consumer.url(path), Clients.LONG));
    }
}
