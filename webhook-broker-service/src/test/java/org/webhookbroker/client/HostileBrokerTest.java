package org.webhookbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.ReceivedRequest;

/** Producers, with whatever may answer in the place of a broker. */
@Tag("slow")
@Timeout(120)
final class HostileBrokerTest {
    private static final String PATH = "/channel/c/broadcast";
    private static final Behavior STORED = Behavior.status(201);
    private static final String SECRET = "a-secret-token";

    private final ConsumerServer server = ConsumerServer.start();
    private final FakeTiming time = new FakeTiming();
    private final BrokerClient client =
            settings().attemptTimeout(Duration.ofSeconds(30)).build();
    private final Producer producer = producer(client);

    private BrokerClientBuilder settings() {
        return BrokerClient.of(URI.create(server.url(""))).timing(time.timing()).key(SECRET + "-key");
    }

    private static Producer producer(BrokerClient client) {
        return client.producer(new Credential("c", SECRET + "-channel"), new Credential("p", SECRET + "-producer"));
    }

    private static Message message(String id) {
        return Message.of(id, "text/plain", "x".getBytes(StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void whatMayPassIsTriedAgainWithTheSameId() throws Exception {
        server.on(
                PATH,
                Behavior.sequence(
                        Behavior.reply(503, "full", "Retry-After: 3"),
                        Behavior.status(429),
                        Behavior.status(408),
                        Behavior.status(502),
                        Behavior.status(504),
                        Behavior.reset(),
                        Behavior.close(),
                        Behavior.raw("no HTTP at all\r\n\r\n"),
                        STORED));

        BroadcastResult result = producer.broadcast(message("m"));

        assertThat(result).isEqualTo(new BroadcastResult("m", false, 9));
        assertThat(server.requests(PATH))
                .hasSize(9)
                .allSatisfy(request ->
                        assertThat(request.headers("X-Broker-Message-ID")).containsExactly("m"))
                .allSatisfy(request ->
                        assertThat(request.headers("Authorization")).containsExactly("Bearer " + SECRET + "-key"))
                .allSatisfy(request -> assertThat(request.header("User-Agent")).startsWith("webhook-broker-client/"));
        assertThat(time.pauses.get(0)).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
        assertThat(time.pauses.subList(1, 8)).isSorted().allMatch(pause -> pause.compareTo(Duration.ofMillis(50)) > 0);
    }

    @Test
    void aTakenIdAfterALostAnswerMeansThatItIsStored() throws Exception {
        server.on(PATH, Behavior.sequence(Behavior.reset(), Behavior.status(409)));
        assertThat(producer.broadcast(message("m"))).isEqualTo(new BroadcastResult("m", true, 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e30",
                "99999999999999999999999999",
                "-1",
                "",
                "soon",
                "1.5",
                "0x10",
                "٣",
                "Tue, 1 Jan 2999 00:00:00 GMT",
                "2000-01-01",
                "00000"
            })
    void whateverRetryAfterSaysThePauseIsBounded(String value) throws Exception {
        server.on(PATH, Behavior.sequence(Behavior.reply(503, "", "Retry-After: " + value), STORED));
        assertThat(producer.broadcast(message("m")).attempts()).isEqualTo(2);
        assertThat(time.pauses).hasSize(1).allMatch(pause -> pause.compareTo(Duration.ofSeconds(40)) < 0);
    }

    @Test
    void anOutageEndsWithTheDeadlineAndCostsFewRequests() {
        server.on(PATH, Behavior.reply(503, "too many\u0000\r\n messages wait", "Retry-After: 1"));
        assertThatThrownBy(() -> producer.broadcast(message("m")))
                .isInstanceOfSatisfying(
                        BrokerException.class,
                        failure -> assertThat(failure.status()).isEqualTo(503))
                .hasMessage("broadcast of m to c: 503 too many messages wait");
        assertThat(server.requests(PATH)).hasSizeBetween(10, 40);
        assertThat(time.pauses.stream().reduce(Duration.ZERO, Duration::plus)).isLessThan(Duration.ofMinutes(2));
    }

    @Test
    void noTryIsWaitedForThatWouldComeAfterTheDeadline() {
        server.on(PATH, Behavior.reply(503, "", "Retry-After: 30"));
        try (BrokerClient hasty = settings().deadline(Duration.ofSeconds(20)).build()) {
            assertThatThrownBy(() -> producer(hasty).broadcast(message("m"))).hasMessageContaining("503");
        }
        assertThat(time.pauses).isEmpty();
        assertThat(server.requests(PATH)).hasSize(1);
    }

    @Test
    void nobodyThereIsTriedUntilTheDeadline() {
        server.close();
        assertThatThrownBy(() -> producer.broadcast(message("m")))
                .isInstanceOfSatisfying(
                        BrokerException.class,
                        failure -> assertThat(failure.status()).isZero())
                .hasMessageContaining("ConnectException");
        assertThat(time.pauses).hasSizeBetween(10, 40);
    }

    /** An answer that never comes, one that stops before its end, and one of which each byte comes late. */
    @Test
    void anAnswerThatIsNotWholeInTimeIsTriedAgain() throws Exception {
        Duration late = Duration.ofMillis(100);
        server.on(
                PATH,
                Behavior.sequence(
                        Behavior.hang(),
                        Behavior.raw("HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\nx"),
                        Behavior.drip("HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000), late),
                        Behavior.drip("HTTP/1.1 201 Created\r\nX: " + "x".repeat(1000), late),
                        STORED));
        try (BrokerClient hasty =
                settings().attemptTimeout(Duration.ofSeconds(1)).build()) {
            assertThat(producer(hasty).broadcast(message("m")).attempts()).isEqualTo(5);
        }
        await().until(() -> server.openConnections() <= 1);
    }

    @Test
    void anAnswerWithoutEndIsReadInPartOnly() throws Exception {
        server.on(PATH, Behavior.sequence(Behavior.endlessBody(201), Behavior.endlessBody(400)));
        assertThat(producer.broadcast(message("m")).attempts()).isEqualTo(1);
        assertThatThrownBy(() -> producer.broadcast(message("m")))
                .isInstanceOfSatisfying(BrokerException.class, failure -> {
                    assertThat(failure.status()).isEqualTo(400);
                    assertThat(failure.text()).hasSize(1000);
                });
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void aHeadWithoutEndIsNoAnswer() {
        server.on(PATH, Behavior.endless("HTTP/1.1 201 Created\r\n", "X: " + "x".repeat(8000) + "\r\n"));
        try (BrokerClient hasty = settings()
                .attemptTimeout(Duration.ofSeconds(5))
                .deadline(Duration.ofSeconds(1))
                .build()) {
            assertThatThrownBy(() -> producer(hasty).broadcast(message("m")))
                    .isInstanceOfSatisfying(
                            BrokerException.class,
                            failure -> assertThat(failure.status()).isZero());
        }
    }

    @Test
    void redirectsAreNotFollowed() {
        try (ConsumerServer other = ConsumerServer.start()) {
            server.on(PATH, Behavior.redirect(307, other.url("/")));
            assertThatThrownBy(() -> producer.broadcast(message("m")))
                    .isInstanceOfSatisfying(
                            BrokerException.class,
                            failure -> assertThat(failure.status()).isEqualTo(307));
            assertThat(other.requests()).isEmpty();
        }
        assertThat(server.requests()).hasSize(1);
    }

    /** Nor in the causes of an exception, where the JDK's client repeats what it could not read. */
    @Test
    void noTextShowsASecretThatTheServerRepeats() {
        Behavior echo = (request, connection) -> connection.write("HTTP/1.1 400 Bad\r\nContent-Length: 60\r\n\r\n"
                + tokens(request).substring(0, 60));
        Behavior brokenEcho = (request, connection) -> connection.write(tokens(request) + "\r\n\r\n");
        server.on(PATH, Behavior.sequence(echo, brokenEcho));
        for (int i = 0; i < 2; i++) {
            BrokerException failure =
                    catchThrowableOfType(BrokerException.class, () -> producer.broadcast(message("m")));
            StringWriter all = new StringWriter();
            failure.printStackTrace(new PrintWriter(all));
            assertThat(all + failure.text()).contains("***").doesNotContain(SECRET);
        }
        ClientSettings settings = new ClientSettings(
                URI.create("http://h"),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                1,
                null,
                SECRET,
                null,
                time.timing());
        assertThat(new Credential("p", SECRET) + " " + settings).isEqualTo("p http://h");
    }

    private static String tokens(ReceivedRequest request) {
        return request.header("X-Broker-Channel-Token") + " " + request.header("Authorization") + " "
                + request.header("X-Broker-Producer-Token");
    }

    @Test
    void whatNoHeaderCanCarryIsRefusedWithoutBeingShown() {
        for (String value : List.of("", " x", "x ", "a\r\nb", "ü" + SECRET, SECRET + "\u0000")) {
            assertThatThrownBy(() -> new Credential("p", value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining(SECRET);
            assertThatThrownBy(() -> settings().key(value)).hasMessageNotContaining(SECRET);
            assertThatThrownBy(() -> message(value)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String name : List.of("", "a b", "Host", "X-Broker-Message-ID", "authorization", "Content-Length", "ü")) {
            assertThatThrownBy(() -> message("m").withMetadata(Collections.singletonMap(name, "x")))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String address : List.of("ftp://h", "http:///p", "http://u:" + SECRET + "@h", "http://h?q", "h:1", "/p")) {
            assertThatThrownBy(() -> BrokerClient.of(URI.create(address)))
                    .as(address)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining(SECRET);
        }
    }

    @Test
    void anInterruptEndsTheCallAndItsConnection() throws Exception {
        server.on(PATH, Behavior.hang());
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            try {
                producer.broadcast(message("m"));
            } catch (Throwable failure) {
                thrown.set(failure);
            }
        });
        caller.start();
        await().until(() -> server.requests(PATH).size() == 1);
        caller.interrupt();
        caller.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void closingEndsTheCallsThatAreUnderWay() {
        server.on(PATH, Behavior.hang());
        CompletableFuture<Object> call = CompletableFuture.supplyAsync(() -> {
            try {
                return producer.broadcast(message("m"));
            } catch (InterruptedException | RuntimeException failure) {
                return failure;
            }
        });
        await().until(() -> server.requests(PATH).size() == 1);
        client.close();
        assertThat(call.join()).isInstanceOf(BrokerException.class);
        assertThat(server.requests(PATH)).hasSize(1);
    }

    /** The messages have no end: those after the window are not even made. */
    @Test
    void aBatchTakesNoMoreMessagesThanItsConcurrencyAheadOfTheOldestResult() {
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger made = new AtomicInteger();
        List<BatchResult> results = new ArrayList<>();
        server.on(PATH, (request, connection) -> {
            if ("m1".equals(request.header("X-Broker-Message-ID"))) {
                gate.await();
            }
            STORED.answer(request, connection);
        });
        try (BrokerClient narrow = settings().concurrency(4).build()) {
            CompletableFuture<Void> batch = CompletableFuture.runAsync(() -> {
                try {
                    producer(narrow).broadcastAll(() -> new Endless(made), result -> {
                        results.add(result);
                        if (results.size() == 100) {
                            throw new IllegalStateException("enough");
                        }
                    });
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            });
            await().until(() -> server.requests(PATH).size() >= 5);
            assertThat(made.get()).isEqualTo(4);
            gate.countDown();
            assertThatThrownBy(batch::join).hasRootCauseMessage("enough");
        }
        assertThat(results.stream().map(BatchResult::messageId).limit(3)).containsExactly("m1", "m2", "m3");
        assertThat(made.get()).isBetween(100, 104);
    }

    private record Endless(AtomicInteger made) implements java.util.Iterator<Message> {
        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public Message next() {
            return message("m" + made.incrementAndGet());
        }
    }
}
