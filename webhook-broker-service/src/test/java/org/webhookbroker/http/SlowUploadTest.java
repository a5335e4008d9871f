package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.io.IOException;
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

    /** Bodies that stand still fill the memory; those that arrive take their place. */
    @Test
    void unfinishedBodiesMakeRoomForThoseThatArrive() throws IOException {
        start();
        Requests requests = new Requests(node);
        post(LARGEST, 600 * KIB);
        for (int i = 0; i < 12; i++) {
            post(LARGEST, 100 * KIB);
        }
        await().until(() -> node.intake.budget().used() > LARGEST / 2 * 3);

        assertThat(requests.broadcast("hi").statusCode()).isEqualTo(201);
        assertThat(requests.broadcast("x".repeat(60_000)).statusCode()).isEqualTo(201);
        await().until(() -> requests.broadcast("x".repeat(900_000)).statusCode() == 201);
        Socket first = producers.get(0);
        first.setSoTimeout(30_000);
        assertThat(start(first)).as("ended for others, or by its own time").isIn("HTTP/1.1 503", "HTTP/1.1 408");

        hangUp();
        await().until(() -> node.intake.budget().used() == 0);
    }

    /** Whoever is not behind is not ended, so there may be no room. */
    @Test
    void whenThereIsNoRoomAndNobodyStandsStillItIs503() {
        start();
        assertThat(node.intake.budget().tryReserve(LARGEST / 2 * 3)).isTrue();
        HttpResponse<String> large = new Requests(node).broadcast("x".repeat(900_000));
        assertThat(large.statusCode()).isEqualTo(503);
        assertThat(large.headers().firstValue("Retry-After")).contains("1");
        node.intake.budget().release(LARGEST / 2 * 3);
    }

    /** More of them than the server has threads, of each kind of body. */
    @Test
    void slowBodiesHoldNoThread() throws IOException {
        node = new TestNode(mariaDb.database(), settings -> {
                    settings.intake = factory;
                    ((DefaultServerFactory) settings.getServerFactory()).setMaxThreads(16);
                })
                .started();
        node.consumer("k1", ConsumerType.PUSH);
        node.consumer("k2", ConsumerType.PULL);
        for (int i = 0; i < 40; i++) {
            post(LARGEST, 1000);
            form();
            lease();
        }
        await().until(() -> node.intake.budget().used() == 40 * 16 * KIB);

        assertThat(new Requests(node).broadcast("hi").statusCode()).isEqualTo(201);
        Socket inPieces = form();
        inPieces.getOutputStream().write("wrong&".repeat(15).getBytes(StandardCharsets.US_ASCII));
        inPieces.getOutputStream().write("xx".getBytes(StandardCharsets.US_ASCII));
        inPieces.setSoTimeout(30_000);
        assertThat(start(inPieces)).isEqualTo("HTTP/1.1 400");
        Socket job = lease();
        job.getOutputStream().write("\"Limit\":1}".getBytes(StandardCharsets.US_ASCII));
        job.setSoTimeout(30_000);
        assertThat(start(job)).isEqualTo("HTTP/1.1 200");
    }

    /** Without a token anybody may send a form, and a body of a lease until its token is looked at. */
    @Test
    void formsThatDoNotArriveAreEndedAndMakeRoom() throws IOException {
        node = new TestNode(mariaDb.database()).started();
        node.consumer("k2", ConsumerType.PULL);
        for (int i = 0; i < 600; i++) {
            Socket stalled = send("PUT /producer/p" + i + " HTTP/1.1\r\nHost: b\r\nContent-Length: 20000\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n\r\ntoken=x");
            stalled.setSoTimeout(60_000);
        }
        await().until(() -> {
            Socket job = lease();
            job.getOutputStream().write("\"Limit\":1}".getBytes(StandardCharsets.US_ASCII));
            job.setSoTimeout(30_000);
            return start(job).equals("HTTP/1.1 200");
        });
        Answer whole = new RawClient(node.port()).put("/producer/honest", "token=t");
        assertThat(whole.status()).isEqualTo(200);
        for (Socket stalled : producers.subList(0, 600)) {
            assertThat(start(stalled)).isIn("HTTP/1.1 400", "HTTP/1.1 503");
        }
    }

    private Socket form() throws IOException {
        return send("POST /channel/c1/consumer/k1/dlq HTTP/1.1\r\nHost: b\r\nContent-Length: 100\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n\r\nrequeue=");
    }

    private Socket lease() throws IOException {
        return send("POST /channel/c1/consumer/k2/jobs/lease HTTP/1.1\r\nHost: b\r\nContent-Length: 11\r\n"
                + "X-Broker-Channel-Token: ct\r\nX-Broker-Consumer-Token: kt\r\n\r\n{");
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
