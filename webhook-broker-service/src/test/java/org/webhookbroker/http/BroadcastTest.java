package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.util.DataSize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.message.MessageReads;
import org.webhookbroker.testing.MariaDbExtension;

/** Bodies, bursts and full queues. */
@Tag("slow")
final class BroadcastTest {
    private static final int LIMIT = 100_000;
    private static final String PATH = "/channel/c1/broadcast";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final List<TestNode> nodes = new ArrayList<>();

    private TestNode node(int queueCapacity) {
        TestNode node = new TestNode(mariaDb.database(), settings -> {
            settings.intake.queueCapacity = queueCapacity;
            settings.intake.maxPayload = DataSize.bytes(LIMIT);
        });
        nodes.add(node);
        return node;
    }

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::close);
    }

    @ParameterizedTest(name = "{0} bytes, chunked: {1}")
    @CsvSource({
        "1, false, 201",
        "8192, false, 201",
        "99999, false, 201",
        "100000, false, 201",
        "100001, false, 413",
        "0, true, 400",
        "1, true, 201",
        "8192, true, 201",
        "8193, true, 201",
        "99999, true, 201",
        "100000, true, 201",
        "100001, true, 413",
        "1000000, true, 413",
    })
    void bodiesAreStoredByteForByteUpToTheLimit(int size, boolean chunked, int status) {
        TestNode node = node(100).started();
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        HttpRequest request = HttpRequest.newBuilder(node.uri(PATH))
                .header("X-Broker-Channel-Token", "ct")
                .header("X-Broker-Producer-ID", "p1")
                .header("X-Broker-Producer-Token", "pt")
                .header("X-Broker-Message-ID", "m1")
                .POST(
                        chunked
                                ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
                                : BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<String> response = new Requests(node)
                .client()
                .sendAsync(request, BodyHandlers.ofString())
                .join();
        assertThat(response.statusCode()).isEqualTo(status);
        if (status == 201) {
            assertThat(stored(node, "m1")).isEqualTo(body);
        }
        if (status == 413) {
            assertThat(response.body()).isEqualTo("payload is larger than the limit of 100000 bytes");
        }
        assertThat(node.intake.budget().used()).isZero();
    }

    @Test
    void aLengthOverTheLimitIsRefusedBeforeTheBodyIsSent() throws IOException {
        TestNode node = node(100).started();
        String head =
                "POST " + PATH + " HTTP/1.1\r\nHost: x\r\nX-Broker-Channel-Token: ct\r\nX-Broker-Producer-ID: p1\r\n"
                        + "X-Broker-Producer-Token: pt\r\nContent-Length: 5000000000\r\n\r\n";
        try (Socket socket = new Socket("localhost", node.port())) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            byte[] start = socket.getInputStream().readNBytes(12);
            assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void aBodyThatBreaksOffLeavesNothingBehind() throws IOException {
        TestNode node = node(100).started();
        String head =
                "POST " + PATH + " HTTP/1.1\r\nHost: x\r\nX-Broker-Channel-Token: ct\r\nX-Broker-Producer-ID: p1\r\n"
                        + "X-Broker-Producer-Token: pt\r\nContent-Length: 1000\r\n\r\nhalf";
        try (Socket socket = new Socket("localhost", node.port())) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            await().until(() -> node.intake.budget().used() == 1000);
        }
        await().until(() -> node.intake.budget().used() == 0);
        assertThat(new MessageReads(node.database).stored(node.channel().id())).isZero();
    }

    @Test
    void withoutRoomInMemoryItIsRefusedAndMayBeTriedAgain() {
        TestNode node = node(100).started();
        Requests requests = new Requests(node);
        long room = DataSize.mebibytes(64).toBytes();
        for (int i = 0; i < 1024; i++) {
            assertThat(node.intake.budget().tryReserve(i == 0 ? (64 << 10) - 10 : 64 << 10))
                    .isTrue();
        }
        HttpResponse<String> refused = requests.broadcast("eleven byte");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(requests.broadcast("ten bytes.").statusCode()).isEqualTo(201);
        assertThat(node.intake.budget().used()).isEqualTo(room - 10);
    }

    @Test
    void aFullQueueRefusesWithoutStoring() {
        TestNode node = node(2);
        Requests requests = new Requests(node);
        List<CompletableFuture<HttpResponse<String>>> waiting = List.of(send(requests, "m1"), send(requests, "m2"));
        await().until(() -> node.intake.group().waiting() == 2);

        HttpResponse<String> refused = requests.broadcast("hi", "X-Broker-Message-ID", "m3");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(refused.body()).contains("not stored");
        assertThat(node.intake.budget().used()).isEqualTo(4);

        node.started();
        assertThat(statuses(waiting)).containsExactly(201, 201);
        assertThat(node.intake.budget().used()).isZero();
        assertThat(requests.get("/channel/c1/message/m3").statusCode()).isEqualTo(404);
    }

    @Test
    void ofManyWithOneIdExactlyOneIsStoredAndTheOthersAreUnharmed() {
        TestNode node = node(1000);
        Requests requests = new Requests(node);
        List<CompletableFuture<HttpResponse<String>>> same =
                IntStream.range(0, 30).mapToObj(i -> send(requests, "same")).toList();
        List<CompletableFuture<HttpResponse<String>>> others =
                IntStream.range(0, 30).mapToObj(i -> send(requests, "m" + i)).toList();
        await().until(() -> node.intake.group().waiting() > 40);
        node.started();
        List<CompletableFuture<HttpResponse<String>>> late =
                IntStream.range(0, 30).mapToObj(i -> send(requests, "same")).toList();

        List<Integer> repeated =
                statuses(Stream.concat(same.stream(), late.stream()).toList());
        assertThat(repeated).filteredOn(status -> status == 201).hasSize(1);
        assertThat(repeated).filteredOn(status -> status == 409).hasSize(59);
        assertThat(statuses(others)).containsOnly(201);
        assertThat(requests.broadcast("hi", "X-Broker-Message-ID", "same").body())
                .isEqualTo("duplicate message id for channel");
        assertThat(new MessageReads(node.database).stored(node.channel().id())).isEqualTo(31);
        assertThat(node.intake.budget().used()).isZero();
    }

    private static CompletableFuture<HttpResponse<String>> send(Requests requests, String id) {
        return requests.broadcastAsync(PATH, new byte[] {'h', 'i'}, "X-Broker-Message-ID", id);
    }

    private static List<Integer> statuses(List<CompletableFuture<HttpResponse<String>>> responses) {
        return responses.stream().map(response -> response.join().statusCode()).toList();
    }

    private static byte[] stored(TestNode node, String id) {
        return new MessageReads(node.database)
                .find(node.channel().id(), id)
                .orElseThrow()
                .content()
                .payload();
    }
}
