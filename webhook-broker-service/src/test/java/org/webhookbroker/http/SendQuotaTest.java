package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.util.DataSize;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.http.server.GatewayAuthFactory;
import org.webhookbroker.http.server.GatewayAuthFactoryTest;
import org.webhookbroker.message.MessageReads;
import org.webhookbroker.quota.QuotasFactory;
import org.webhookbroker.quota.SendQuota;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;

/** Messages and bytes a second, asked for by HTTP. Their clock stands still unless a test moves it. */
@Tag("slow")
final class SendQuotaTest {
    private static final int LARGEST = 1_000_000;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final AtomicLong nanoTime = new AtomicLong();
    private final List<TestNode> nodes = new ArrayList<>();

    private TestNode node(Consumer<QuotasFactory> quotas) {
        return node(new GatewayAuthFactory(), quotas);
    }

    private TestNode node(GatewayAuthFactory gateway, Consumer<QuotasFactory> quotas) {
        TestNode node = new TestNode(mariaDb.database(), settings -> {
                    settings.gatewayAuth = gateway;
                    settings.intake.maxPayload = DataSize.bytes(LARGEST);
                    settings.quotas.nanoTime = nanoTime::get;
                    quotas.accept(settings.quotas);
                })
                .started();
        nodes.add(node);
        node.broker.stores.producers().put(new EntryValues("p2", "Prod", "pt"), UpdateCondition.none(), Auditing.PUT);
        node.broker.stores.channels().put(new EntryValues("c2", "Chan", "ct"), UpdateCondition.none(), Auditing.PUT);
        return node;
    }

    @AfterEach
    void stop() {
        nodes.forEach(node -> {
            await().until(() -> node.intake.budget().used() == 0);
            node.close();
        });
    }

    /** So many at once, and then one a second, or a byte. */
    private static List<SendQuota> messages(int burst) {
        return List.of(new SendQuota("", 1, 0, Duration.ofSeconds(burst)));
    }

    private static List<SendQuota> bytes(int burst) {
        return List.of(new SendQuota("", 0, 1, Duration.ofSeconds(burst)));
    }

    private static long stored(TestNode node) {
        return new MessageReads(node.database).stored(node.channel().id());
    }

    @Test
    void beyondItsQuotaAProducerIsToldWhichAndWhenToComeAgain() throws Exception {
        TestNode node = node(quotas -> quotas.producers = messages(2));
        Requests requests = new Requests(node);
        assertThat(requests.broadcast("1").statusCode()).isEqualTo(201);
        assertThat(requests.broadcast("2").statusCode()).isEqualTo(201);

        HttpResponse<String> refused = requests.broadcast("3");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body())
                .isEqualTo(
                        "Too Many Requests: each node takes 1 messages a second of the producer `p1`; nothing was stored");
        assertThat(refused.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(stored(node)).isEqualTo(2);
        assertThat(requests.broadcast("4", "X-Broker-Producer-ID", "p2").statusCode())
                .as("another producer")
                .isEqualTo(201);
        int seconds =
                Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow());
        assertThat(seconds).isEqualTo(1);
        nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        assertThat(requests.broadcast("5").statusCode()).isEqualTo(201);
    }

    /** Whoever knows no token, or only some. */
    @Test
    @Tag("G6")
    void strangersUseUpNobodysQuota() {
        TestNode node = node(quotas -> {
            quotas.producers = messages(1);
            quotas.channels = messages(2);
        });
        Requests requests = new Requests(node);
        for (int i = 0; i < 20; i++) {
            assertThat(requests.broadcast("x", "X-Broker-Channel-Token", "guessed")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(requests.broadcast("x", "X-Broker-Producer-Token", "guessed")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(requests.broadcast("x", "X-Broker-Producer-ID", "none").statusCode())
                    .isEqualTo(401);
        }
        assertThat(requests.broadcast("1").statusCode()).isEqualTo(201);
        for (int i = 0; i < 20; i++) {
            assertThat(requests.broadcast("x").statusCode()).isEqualTo(429);
        }
        assertThat(requests.broadcast("2", "X-Broker-Producer-ID", "p2").statusCode())
                .as("what its producer is refused costs a channel nothing")
                .isEqualTo(201);
    }

    @Test
    @Tag("G6")
    void aFullChannelIsNoOtherChannel() {
        TestNode node = node(quotas -> quotas.channels = messages(2));
        Requests requests = new Requests(node);
        assertThat(requests.broadcast("1").statusCode()).isEqualTo(201);
        HttpResponse<String> refused = requests.broadcast("2");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("of the channel `c1`");
        assertThat(requests.broadcastAsync("/channel/c2/broadcast", new byte[] {1})
                        .join()
                        .statusCode())
                .isEqualTo(201);
        assertThat(requests.broadcast("3", "X-Broker-Producer-ID", "p2").statusCode())
                .as("the half of others")
                .isEqualTo(201);
    }

    @Test
    void whatIsStoredCountsAndARepeatTooButNotWhatIsWrong() {
        TestNode node = node(quotas -> quotas.producers = messages(3));
        Requests requests = new Requests(node);
        String later = "2999-01-01T00:00:00Z";
        assertThat(requests.broadcast("").statusCode()).isEqualTo(400);
        assertThat(requests.broadcast("x", "X-Broker-Scheduled-For", "soon").statusCode())
                .isEqualTo(400);
        assertThat(requests.broadcast("x", "X-Broker-Message-ID", "m").statusCode())
                .isEqualTo(201);
        assertThat(requests.broadcast("x", "X-Broker-Message-ID", "m").statusCode())
                .isEqualTo(409);
        assertThat(requests.broadcast("x", "X-Broker-Scheduled-For", later).statusCode())
                .isEqualTo(201);
        assertThat(requests.broadcast("x", "X-Broker-Scheduled-For", later).statusCode())
                .isEqualTo(429);
        assertThat(requests.broadcast("x", "X-Broker-Scheduled-For", "soon").statusCode())
                .as("what is wrong is said first")
                .isEqualTo(400);
    }

    @ParameterizedTest(name = "chunked: {0}")
    @ValueSource(booleans = {false, true})
    void bytesAreCountedAsTheyArrived(boolean chunked) {
        TestNode node = node(quotas -> quotas.producers = bytes(1));
        assertThat(send(node, 600_000, chunked)).isEqualTo(201);
        assertThat(send(node, 600_000, chunked)).isEqualTo(429);
        assertThat(send(node, 400_000, chunked)).isEqualTo(201);
        assertThat(send(node, 1, chunked)).isEqualTo(429);
        nanoTime.addAndGet(TimeUnit.DAYS.toNanos(365));
        assertThat(send(node, LARGEST, chunked)).as("the largest payload").isEqualTo(201);
    }

    private static int send(TestNode node, int size, boolean chunked) {
        HttpRequest request = HttpRequest.newBuilder(node.uri("/channel/c1/broadcast"))
                .header("X-Broker-Channel-Token", "ct")
                .header("X-Broker-Producer-ID", "p1")
                .header("X-Broker-Producer-Token", "pt")
                .POST(
                        chunked
                                ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[size]))
                                : BodyPublishers.ofByteArray(new byte[size]))
                .build();
        return new Requests(node)
                .client()
                .sendAsync(request, BodyHandlers.ofString())
                .join()
                .statusCode();
    }

    /** Whoever announces much and sends little uses up what it sends: nothing, since it never was a message. */
    @Test
    void announcedBytesAreNotCounted() throws Exception {
        TestNode node = node(quotas -> {
            quotas.producers = messages(1);
            quotas.channels = bytes(1);
        });
        List<Socket> hostile = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            hostile.add(began(node, LARGEST, "x"));
        }
        await().until(() -> node.intake.budget().used() > 0);
        assertThat(new Requests(node).broadcast("mine").statusCode()).isEqualTo(201);
        for (Socket each : hostile) {
            each.close();
        }
        assertThat(stored(node)).isEqualTo(1);
    }

    /** It says so at once, and the next request of its connection is safe, or the answer says that the connection ends. */
    @ParameterizedTest(name = "{0} bytes, of which {1} arrive early")
    @CsvSource({"10, 10", "100000, 1000", "1000000, 0"})
    @Tag("G12")
    void theBodyOfARefusedMessageIsNotAwaited(int size, int early) throws Exception {
        TestNode node = node(quotas -> quotas.producers = messages(1));
        assertThat(new Requests(node).broadcast("1").statusCode()).isEqualTo(201);
        try (Socket socket = began(node, size, "x".repeat(early))) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Answer refusal = Answer.read(in, false);
            assertThat(refusal.status()).isEqualTo(429);
            if (!refusal.header("Connection").equalsIgnoreCase("close")) {
                write(socket, "x".repeat(size - early) + "GET /producers HTTP/1.1\r\nHost: b\r\n\r\n");
                assertThat(Answer.read(in, false).status()).isEqualTo(200);
            }
        }
    }

    /** Its body is in memory before the quota is asked. */
    @Test
    @Tag("G8")
    void aSignedMessageThatIsRefusedLeavesNothingBehind() throws Exception {
        GatewayAuthFactory gateway =
                GatewayAuthFactoryTest.read("mode: hmac\nhmacSharedSecret: " + GatewayFixture.SECRET);
        TestNode node = node(gateway, quotas -> quotas.producers = messages(1));
        Requests requests = new Requests(node);
        String body = "x".repeat(LARGEST);
        String signature =
                GatewayFixture.SIGNATURE.header(TestNode.CLOCK.instant(), body.getBytes(StandardCharsets.US_ASCII));
        assertThat(requests.broadcast(body, BrokerHeaders.SIGNATURE, signature).statusCode())
                .isEqualTo(201);
        for (int i = 0; i < 100; i++) {
            assertThat(requests.broadcast(body, BrokerHeaders.SIGNATURE, signature)
                            .statusCode())
                    .isEqualTo(429);
        }
    }

    private static Socket began(TestNode node, int size, String early) throws Exception {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
        socket.setSoTimeout(20_000);
        write(
                socket,
                "POST /channel/c1/broadcast HTTP/1.1\r\nHost: b\r\nX-Broker-Channel-Token: ct\r\n"
                        + "X-Broker-Producer-ID: p1\r\nX-Broker-Producer-Token: pt\r\nContent-Length: " + size
                        + "\r\n\r\n" + early);
        return socket;
    }

    private static void write(Socket socket, String text) throws Exception {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
