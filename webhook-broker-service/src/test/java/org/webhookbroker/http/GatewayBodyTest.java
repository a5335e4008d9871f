package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.http.server.GatewayAuthFactory;
import org.webhookbroker.http.server.GatewayAuthFactoryTest;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.MariaDbExtension;

/** Bodies of signed requests: they are read once and whole, within their memory and time, and arrive as they were sent. */
@Tag("slow")
final class GatewayBodyTest extends GatewayFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    @BeforeEach
    void start() throws Exception {
        startNode();
    }

    @AfterEach
    void stop() {
        mustReserveNothing();
        node.close();
    }

    @ParameterizedTest(name = "{0} bytes, chunked: {1}")
    @CsvSource({
        "1, false, 201",
        "16384, false, 201",
        "16385, true, 201",
        "65537, false, 201",
        "1000000, false, 201",
        "1000000, true, 201",
        "1000001, false, 413",
        "1000001, true, 413",
    })
    void theNextStageSeesTheSameBody(int size, boolean chunked, int status) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        String latin = new String(bytes, StandardCharsets.ISO_8859_1);
        String framed = chunked ? Integer.toHexString(size) + "\r\n" + latin + "\r\n0\r\n\r\n" : latin;
        Answer answer = client.raw(head(
                        chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + size,
                        "X-Broker-Message-ID: m1",
                        SIGNED + SIGNATURE.header(TestNode.CLOCK.instant(), bytes))
                + framed);
        assertThat(answer.status()).isEqualTo(status);
        if (status == 201) {
            byte[] stored = node.database.withHandle(
                    handle -> handle.createQuery("SELECT payload FROM message WHERE public_id = 'm1'")
                            .mapTo(byte[].class)
                            .one());
            assertThat(stored).isEqualTo(bytes);
        } else {
            assertThat(answer.body()).isEqualTo("payload is larger than the limit of 1000000 bytes");
        }
    }

    @Test
    void aFormIsReadBehindTheGatewayToo() {
        node.consumer("k1", ConsumerType.PULL);
        String form = "Content-Type: application/x-www-form-urlencoded";
        String dlq = "POST /channel/c1/consumer/k1/dlq";
        assertThat(client.send(dlq, "requeue=kt", form, signed("requeue=kt")).status())
                .isEqualTo(202);
        assertThat(client.send(dlq, "requeue=xx", form, signed("requeue=kt")).status())
                .isEqualTo(403);
    }

    /** The broker waits for a late body without a thread, and then goes on. */
    @Test
    void aBodyMayComeInPieces() throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            send(out, head("Content-Length: 10", signed("helloworld")) + "hello");
            await().until(() -> node.intake.budget().used() > 0);
            send(out, "world");
            assertThat(Answer.read(socket.getInputStream(), false).status()).isEqualTo(201);
        }
    }

    @Test
    void aBodyThatIsCutOffIsNotStored() throws Exception {
        try (Socket socket = connect()) {
            send(socket.getOutputStream(), head("Content-Length: 10", signed("hello")) + "hello");
            socket.shutdownOutput();
            Answer answer = Answer.read(socket.getInputStream(), false);
            assertThat(answer.body()).isEqualTo("could not read request body");
            assertThat(answer.status()).isEqualTo(500);
        }
    }

    @Test
    @Tag("G12")
    void aMalformedBodyIsTheClientsFault() {
        Answer answer = client.raw(head("Transfer-Encoding: chunked", signed("hello")) + "zz\r\nhello\r\n0\r\n\r\n");
        assertThat(answer.body()).isEqualTo("could not read request body");
        assertThat(answer.status()).isEqualTo(400);
    }

    @Test
    @Tag("G8")
    void aBodyThatDripsIsEnded() throws Exception {
        GatewayAuthFactory gateway = GatewayAuthFactoryTest.read("{mode: hmac, hmacSharedSecret: " + SECRET + "}");
        try (TestNode hurried = new TestNode(mariaDb.database(), settings -> {
                    settings.intake.uploadGrace = Duration.milliseconds(1);
                    settings.intake.minUploadRate = DataSize.mebibytes(1);
                    settings.gatewayAuth = gateway;
                });
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), hurried.port())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            send(out, head("Content-Length: 1000000", signed("hello")) + "hello");
            while (socket.getInputStream().available() == 0) {
                send(out, "x");
            }
            Answer answer = Answer.read(socket.getInputStream(), false);
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body())
                    .startsWith("Request Timeout: the payload arrived at less than 1048576 bytes a second");
        }
    }

    @Test
    @Tag("G8")
    void aBodyIsRefusedWhenThereIsNoMemoryForIt() {
        for (int i = 0; i < 4 * LIMIT / 1000; i++) {
            assertThat(node.intake.budget().tryReserve(1000)).isTrue();
        }
        Answer answer = send(BROADCAST, "hi", signed("hi"));
        node.intake.budget().release(4 * LIMIT);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(send(BROADCAST, "hi", signed("hi")).status()).isEqualTo(201);
    }

    /** A length reserves nothing while it is only announced. */
    @Test
    @Tag("G8")
    void aBodyIsReservedByWhatHasArrivedOfIt() throws Exception {
        try (Socket socket = connect()) {
            send(socket.getOutputStream(), head("Content-Length: " + LIMIT, signed("hello")) + "hello");
            await().until(() -> node.intake.budget().used() > 0);
            assertThat(node.intake.budget().used()).isEqualTo(16_384);
        }
    }

    /** Nobody knows yet whether they are signed, and they never end: large ones, and so many small ones that those fill the rest. */
    @Test
    @Tag("G8")
    void bodiesThatAreNotProvedMakeRoomForThoseThatAre() throws Exception {
        List<Socket> bogus = new ArrayList<>();
        try {
            for (int i = 0; i < 400; i++) {
                Socket socket = connect();
                bogus.add(socket);
                int length = i % 20 == 0 ? LIMIT : 16_000;
                send(socket.getOutputStream(), head("Content-Length: " + length, signed("x")));
                writeAsFarAsItGoes(socket, length / 2);
            }
            assertThat(node.intake.budget().used()).isLessThanOrEqualTo(4 * LIMIT / 4 * 3);
            await().until(() -> send(BROADCAST, "hi", signed("hi")).status() == 201);
            String large = "x".repeat(LIMIT);
            // A refusal may come, and close the connection, before all is sent.
            await().ignoreExceptions()
                    .until(() -> send(BROADCAST, large, signed(large)).status() == 201);
        } finally {
            for (Socket socket : bogus) {
                socket.close();
            }
        }
    }

    /** One that is refused meanwhile is closed. */
    private static void writeAsFarAsItGoes(Socket socket, int bytes) {
        try {
            socket.getOutputStream().write(new byte[bytes]);
        } catch (IOException closed) {
            // It has made room already.
        }
    }

    @Test
    void manyAtOnceAllPass() {
        Requests requests = new Requests(node);
        List<CompletableFuture<Integer>> answers = IntStream.range(0, 200)
                .mapToObj(i -> {
                    byte[] body = ("body " + i).getBytes(StandardCharsets.UTF_8);
                    String header = SIGNATURE.header(TestNode.CLOCK.instant(), body);
                    return requests.broadcastAsync("/channel/c1/broadcast", body, "X-Broker-Signature", header)
                            .thenApply(HttpResponse::statusCode);
                })
                .toList();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(201));
    }

    private static String head(String... headers) {
        return BROADCAST + " HTTP/1.1\r\nHost: broker\r\nConnection: close\r\n" + String.join("\r\n", TOKENS) + "\r\n"
                + String.join("\r\n", headers) + "\r\n\r\n";
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
        socket.setSoTimeout(30_000);
        return socket;
    }
}
