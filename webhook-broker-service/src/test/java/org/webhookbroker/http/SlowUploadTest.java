package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.message.IntakeFactory;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;

/** Producers that send large bodies, or send them slowly, and what is left for the others. */
@Tag("G6")
@Tag("G8")
@Tag("slow")
final class SlowUploadTest {
    private static final int KIB = 1024;
    private static final int LARGEST = 1024 * KIB;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final IntakeFactory factory = new IntakeFactory();
    private final List<Socket> producers = new ArrayList<>();
    private TestNode node;

    private void start() {
        factory.maxPayload = DataSize.bytes(LARGEST);
        factory.maxBytesInMemory = DataSize.bytes(LARGEST / 2 * 5);
        node = new TestNode(mariaDb.database(), settings -> settings.intake = factory).started();
    }

    @AfterEach
    void stop() throws IOException {
        hangUp();
        node.close();
    }

    @Test
    void onlyWhatHasArrivedTakesMemory() throws IOException {
        start();
        for (int i = 0; i < 8; i++) {
            post(LARGEST, 1000);
        }
        await().until(() -> node.intake.budget().used() == 8 * 16 * KIB);
        hangUp();
        await().until(() -> node.intake.budget().used() == 0);
    }

    @Test
    void unfinishedLargeBodiesDoNotMakeOrdinaryBroadcastsFail() throws IOException {
        start();
        Requests requests = new Requests(node);
        post(LARGEST, 600 * KIB);
        await().until(() -> node.intake.budget().used() == LARGEST);
        for (int i = 1; i <= 4; i++) {
            int used = LARGEST + i * 256 * KIB;
            post(LARGEST, 100 * KIB);
            await().until(() -> node.intake.budget().used() == used);
        }
        Socket oneTooMany = post(LARGEST, 100 * KIB);
        oneTooMany.setSoTimeout(30_000);
        assertThat(start(oneTooMany)).isEqualTo("HTTP/1.1 503");

        assertThat(requests.broadcast("hi").statusCode()).isEqualTo(201);
        assertThat(requests.broadcast("x".repeat(60_000)).statusCode()).isEqualTo(201);
        HttpResponse<String> large = requests.broadcast("x".repeat(900_000));
        assertThat(large.statusCode()).isEqualTo(503);
        assertThat(large.headers().firstValue("Retry-After")).contains("1");

        hangUp();
        await().until(() -> node.intake.budget().used() == 0);
        assertThat(requests.broadcast("x".repeat(900_000)).statusCode()).isEqualTo(201);
    }

    /** A body that waits for bytes holds a thread of the server. */
    @Test
    void slowBodiesLeaveThreadsToThoseThatHaveArrived() throws IOException {
        factory.slowUploads = 2;
        start();
        post(LARGEST, 1000);
        post(LARGEST, 1000);
        await().until(() -> node.intake.budget().used() == 2 * 16 * KIB);
        Socket oneMore = post(LARGEST, 1000);
        oneMore.setSoTimeout(30_000);
        assertThat(start(oneMore)).isEqualTo("HTTP/1.1 503");
        Answer whole = new RawClient(node.port())
                .send(
                        "POST /channel/c1/broadcast",
                        "hi",
                        "X-Broker-Channel-Token: ct",
                        "X-Broker-Producer-ID: p1",
                        "X-Broker-Producer-Token: pt");
        assertThat(whole.status()).isEqualTo(201);
    }

    /** Forms need no token. */
    @Test
    void slowFormsLeaveThreadsToThoseThatHaveArrived() throws IOException {
        start();
        node.consumer("k1", ConsumerType.PUSH);
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < BoundedBody.MAX_AWAITED + 4; i++) {
            slow.add(form());
        }
        await().until(() -> slow.stream().filter(SlowUploadTest::isAnswered).count() == 4);
        for (Socket answered : slow.stream().filter(SlowUploadTest::isAnswered).toList()) {
            assertThat(start(answered)).isEqualTo("HTTP/1.1 503");
        }
        Answer whole = new RawClient(node.port()).form("POST /channel/c1/consumer/k1/dlq", "requeue=wrong");
        assertThat(whole.status()).isEqualTo(400);
    }

    private Socket form() throws IOException {
        return send("POST /channel/c1/consumer/k1/dlq HTTP/1.1\r\nHost: b\r\nContent-Length: 100\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n\r\nrequeue=");
    }

    private static boolean isAnswered(Socket socket) {
        try {
            return socket.getInputStream().available() > 0;
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    @Test
    void aBodyThatDripsIsEndedAndItsMemoryFreed() throws IOException {
        factory.uploadGrace = Duration.seconds(0);
        factory.minUploadRate = DataSize.kibibytes(100);
        start();
        try (Socket dripping = post(LARGEST, 1)) {
            dripping.setSoTimeout(50);
            assertThat(dripUntilAnswered(dripping)).startsWith("HTTP/1.1 408");
        }
        await().until(() -> node.intake.budget().used() == 0);
        assertThat(new Requests(node).broadcast("hi").statusCode()).isEqualTo(201);
    }

    @Test
    void aBodyThatStallsIsEndedByTheIdleTimeout() throws IOException {
        factory.maxPayload = DataSize.bytes(LARGEST);
        node = new TestNode(mariaDb.database(), settings -> {
                    settings.intake = factory;
                    TestNode.connector(settings).setIdleTimeout(Duration.milliseconds(300));
                })
                .started();
        try (Socket stalling = post(LARGEST, 1000)) {
            stalling.setSoTimeout(30_000);
            assertThat(start(stalling)).isEqualTo("HTTP/1.1 408");
        }
        await().until(() -> node.intake.budget().used() == 0);
    }

    /** Announces {@code length} bytes and sends {@code sent}. */
    private Socket post(int length, int sent) throws IOException {
        String head = "POST /channel/c1/broadcast HTTP/1.1\r\nHost: x\r\nX-Broker-Channel-Token: ct\r\n"
                + "X-Broker-Producer-ID: p1\r\nX-Broker-Producer-Token: pt\r\nContent-Length: " + length + "\r\n\r\n";
        Socket socket = send(head);
        socket.getOutputStream().write(new byte[sent]);
        return socket;
    }

    private Socket send(String text) throws IOException {
        Socket socket = new Socket("localhost", node.port());
        producers.add(socket);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Sends a byte whenever no answer has come within the socket's timeout. */
    private static String dripUntilAnswered(Socket socket) throws IOException {
        while (true) {
            try {
                return start(socket);
            } catch (SocketTimeoutException notYet) {
                socket.getOutputStream().write('x');
            }
        }
    }

    private static String start(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    }

    private void hangUp() throws IOException {
        for (Socket producer : producers) {
            producer.close();
        }
        producers.clear();
    }
}
