package org.webhookbroker.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.ReceivedRequest;

/** What a call looks like on the wire, and what each answer becomes. */
@Tag("slow")
class WebhookClientTest {
    private final ConsumerServer consumer = ConsumerServer.start();
    private final WebhookClient client = Clients.client();

    @AfterEach
    void close() {
        client.close();
        consumer.close();
    }

    @Test
    void bodyAndHeadersArriveByteForByte() {
        byte[] body = new byte[256];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) i;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "text/plain ;charset=\"odd\";;x");
        headers.put("X-Broker-Channel-ID", "channel");
        headers.put("x-lower", "a  b\tc");
        headers.put("X-Empty", "");
        headers.put("X-Latin", "caf\u00e9 \u0085");
        headers.put("X-Wide", "\u20ac \ud83d\ude80");

        Outcome outcome = Clients.send(client, new Call(consumer.url("/hook?a=b%20c"), headers, body, Clients.LONG));

        assertThat(outcome).isEqualTo(new Outcome.Delivered(200));
        ReceivedRequest request = consumer.requests().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/hook?a=b%20c");
        assertThat(request.body()).isEqualTo(body);
        assertThat(request.headers("content-type")).containsExactly("text/plain ;charset=\"odd\";;x");
        assertThat(request.headers("content-length")).containsExactly("256");
        assertThat(request.headers("host")).containsExactly("127.0.0.1:" + consumer.port());
        assertThat(request.headers("user-agent")).containsExactly("Webhook Message Broker");
        assertThat(request.headers("accept-encoding")).containsExactly("gzip");
        assertThat(request.header("X-Latin")).isEqualTo(new String("caf\u00e9 \u0085".getBytes(UTF_8), ISO_8859_1));
        assertThat(request.header("X-Wide")).isEqualTo(new String("\u20ac \ud83d\ude80".getBytes(UTF_8), ISO_8859_1));
        assertThat(request.headers()).contains(Map.entry("x-lower", "a  b\tc"), Map.entry("X-Empty", ""));
        assertThat(request.headers().stream().map(Map.Entry::getKey))
                .containsSubsequence("Content-Type", "X-Broker-Channel-ID", "x-lower", "X-Empty", "X-Latin", "X-Wide")
                .doesNotContain("Expect", "Upgrade", "Transfer-Encoding", "Cookie");
    }

    /** G4: what was handed over may have waited long for a connection, and be somebody else's by then. */
    @Test
    void aCallThatWaitedAndMayNotBeMadeAnyMoreIsNotSent() {
        CountDownLatch gate = new CountDownLatch(1);
        consumer.on("/hook", Behavior.gated(gate, Behavior.status(200)));
        AtomicBoolean permitted = new AtomicBoolean(true);
        try (WebhookClient narrow = Clients.client(factory -> factory.maxConnectionsPerRoute = 1)) {
            Call call = new Call(
                    consumer.url("/hook"),
                    Map.of(),
                    Clients.BODY,
                    Clients.LONG,
                    permitted::get,
                    CallRoute.AS_CONFIGURED);
            CompletableFuture<Outcome> first = narrow.send(call);
            await().until(() -> consumer.requests().size() == 1);
            CompletableFuture<Outcome> second = narrow.send(call);
            permitted.set(false);
            gate.countDown();

            assertThat(Clients.await(first).delivered()).isTrue();
            Outcome withheld = Clients.await(second);
            assertThat(withheld.reason()).isEqualTo("withheld");
            assertThat(withheld.attempted()).isFalse();
            assertThat(withheld.mayHaveArrived()).isFalse();
            permitted.set(true);
            assertThat(Clients.send(narrow, call).delivered()).isTrue();
        }
        assertThat(consumer.requests()).hasSize(2);
    }

    @Test
    void emptyBodyHasALengthAndNoContentType() {
        Clients.send(client, new Call(consumer.url("/hook"), Map.of(), new byte[0], Clients.LONG));

        ReceivedRequest request = consumer.requests().get(0);
        assertThat(request.headers("Content-Length")).containsExactly("0");
        assertThat(request.headers("Content-Type")).isEmpty();
    }

    @Test
    void framingHeadersOfTheCallAreDropped() {
        Map<String, String> headers = Map.of(
                "Content-Length",
                "9999",
                "transfer-encoding",
                "chunked",
                "HOST",
                "other",
                "Connection",
                "close",
                "Expect",
                "100-continue",
                "Upgrade",
                "h2c",
                "User-Agent",
                "mine",
                "Accept-Encoding",
                "br");

        assertThat(Clients.send(client, new Call(consumer.url("/hook"), headers, Clients.BODY, Clients.LONG))
                        .delivered())
                .isTrue();

        ReceivedRequest request = consumer.requests().get(0);
        assertThat(request.headers("Content-Length")).containsExactly("4");
        assertThat(request.headers("Host")).containsExactly("127.0.0.1:" + consumer.port());
        assertThat(request.headers("User-Agent")).containsExactly("mine");
        assertThat(request.headers("Accept-Encoding")).containsExactly("br");
        assertThat(request.headers("Connection")).doesNotContain("close");
        assertThat(request.headers().stream().map(header -> header.getKey().toLowerCase(java.util.Locale.ROOT)))
                .doesNotContain("expect", "upgrade", "transfer-encoding");
    }

    @Test
    void userInfoBecomesBasicAuthorizationUnlessOneIsGiven() {
        String url = consumer.url("/hook").replace("//", "//us%40er:p%3Aw@");

        Clients.send(client, new Call(url, Map.of(), Clients.BODY, Clients.LONG));
        Clients.send(client, new Call(url, Map.of("authorization", "Bearer x"), Clients.BODY, Clients.LONG));

        assertThat(consumer.requests().get(0).headers("Authorization")).containsExactly("Basic dXNAZXI6cDp3");
        assertThat(consumer.requests().get(1).headers("Authorization")).containsExactly("Bearer x");
    }

    @Test
    void largeBodyArrivesWhole() {
        byte[] body = new byte[20 * 1024 * 1024];
        new java.util.Random(1).nextBytes(body);

        assertThat(Clients.send(client, new Call(consumer.url("/hook"), Map.of(), body, Clients.LONG))
                        .delivered())
                .isTrue();

        assertThat(consumer.requests().get(0).body()).isEqualTo(body);
    }

    @Test
    void redirectIsAFailureAndNotFollowed() {
        consumer.on("/hook", Behavior.redirect(307, "/elsewhere"));

        Outcome outcome = send("/hook");

        assertThat(outcome.delivered()).isFalse();
        assertThat(outcome.reason()).isEqualTo("redirect-307");
        assertThat(consumer.requests("/elsewhere")).isEmpty();
    }

    @Test
    void refusalIsNotRepeatedAndSaysHowLongToWait() {
        consumer.on("/hook", Behavior.reply(503, "busy\r\n\u00fcber", "Retry-After: 7"));

        Outcome outcome = send("/hook");

        assertThat(outcome.reason()).isEqualTo("status-503");
        assertThat(outcome.retryHint()).contains(Duration.ofSeconds(7));
        assertThat(outcome.detail()).startsWith("The consumer answered 503: busy  ");
        assertThat(outcome.attempted()).isTrue();
        assertThat(consumer.requests()).hasSize(1);
    }

    /** RFC 9110 allows one; where a gateway adds another, the first counts. */
    @Test
    void theFirstRetryAfterCounts() {
        consumer.on("/hook", Behavior.reply(429, "", "Retry-After: 7", "Retry-After: 99999999999999999999"));
        consumer.on("/long", Behavior.reply(429, "", "Retry-After: 99999999999999999999", "Retry-After: 7"));

        assertThat(send("/hook").retryHint()).contains(Duration.ofSeconds(7));
        assertThat(send("/long").retryHint()).contains(Duration.ofDays(365));
    }

    @Test
    void retryAfterCountsForOverloadOnly() {
        consumer.on("/hook", Behavior.reply(500, "", "Retry-After: 7"));

        assertThat(send("/hook").retryHint()).isEmpty();
    }

    @Test
    void challengeIsARefusal() {
        consumer.on("/hook", Behavior.reply(401, "", "WWW-Authenticate: Basic realm=\"x\""));

        assertThat(send("/hook").reason()).isEqualTo("status-401");
        assertThat(consumer.requests()).hasSize(1);
    }

    @Test
    void detailOfALongAnswerIsShort() {
        consumer.on("/hook", Behavior.reply(500, "e".repeat(100_000)));

        Outcome outcome = send("/hook");

        assertThat(outcome.detail()).endsWith(": " + "e".repeat(100)).hasSizeLessThan(200);
        assertThat(send("/hook").reason()).isEqualTo("status-500");
    }

    @Test
    void compressedBodyIsNotShown() {
        consumer.on("/hook", Behavior.reply(500, "\u001f\u008b", "Content-Encoding: gzip"));

        assertThat(send("/hook").detail()).isEqualTo("The consumer answered 500 with a compressed body");
    }

    @Test
    void informationalAnswersAreNotFinal() {
        String interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
        consumer.on("/hook", Behavior.raw(interim + "HTTP/1.1 204 No Content\r\n\r\n"));

        assertThat(send("/hook")).isEqualTo(new Outcome.Delivered(204));
    }

    @Test
    void switchingProtocolsIsABadResponse() {
        consumer.on("/hook", Behavior.raw("HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"));

        assertThat(send("/hook").reason()).isEqualTo("bad-response");
    }

    @Test
    void connectionIsReused() {
        consumer.on("/hook", Behavior.reply(200, "x".repeat(4000)));
        for (int i = 0; i < 50; i++) {
            assertThat(send("/hook").delivered()).isTrue();
        }
        assertThat(consumer.connections()).isEqualTo(1);
    }

    @Test
    void connectionIsReusedAfterARefusal() {
        consumer.on("/hook", Behavior.reply(500, "no"));
        for (int i = 0; i < 50; i++) {
            assertThat(send("/hook").reason()).isEqualTo("status-500");
        }
        assertThat(consumer.connections()).isEqualTo(1);
    }

    @Test
    void consumerThatClosesAfterEachAnswerLosesNothing() {
        consumer.on("/hook", (request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
            connection.close();
        });
        for (int i = 0; i < 100; i++) {
            assertThat(send("/hook")).isEqualTo(new Outcome.Delivered(200));
        }
    }

    @Test
    void bodyUntilCloseIsAnAnswer() {
        consumer.on("/hook", (request, connection) -> {
            connection.write("HTTP/1.0 200 OK\r\n\r\nuntil the end");
            connection.close();
        });

        assertThat(send("/hook")).isEqualTo(new Outcome.Delivered(200));
    }

    @Test
    void idleConnectionThatTheConsumerClosedIsNoFailure() {
        for (int i = 0; i < 20; i++) {
            assertThat(send("/hook").delivered()).isTrue();
            consumer.closeConnections();
            await().until(() -> consumer.openConnections() == 0);
        }
    }

    @Test
    void manyCallsAtOnce() {
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            outcomes.add(client.send(Clients.call(consumer.url("/hook"), Clients.LONG)));
        }
        assertThat(outcomes)
                .allSatisfy(outcome ->
                        assertThat(Clients.await(outcome).delivered()).isTrue());
        assertThat(consumer.requests()).hasSize(5000);
        assertThat(consumer.connections()).isLessThanOrEqualTo(256);
        assertThat(client.inFlight()).isZero();
    }

    private Outcome send(String path) {
        return Clients.send(client, Clients.call(consumer.url(path), Clients.LONG));
    }
}
