package org.webhookbroker.http.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.util.thread.ShutdownThread;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Http2Frames;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;

/** What clients and balancers see of a node that is told to stop. */
@Tag("G9")
final class DrainTest {
    private static final int GOAWAY = 7;

    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    /** What the JVM does at a signal. */
    private final Thread signal = new Thread(ShutdownThread.getInstance()::run);

    private LocalBroker broker;
    private RawClient balancer;

    @BeforeEach
    void start() {
        broker = LocalBroker.start(mariaDb, "server.drain=10m", "intake.uploadGrace=5m");
        balancer = new RawClient(broker.adminPort());
    }

    @AfterEach
    void stop() throws InterruptedException {
        endDrain();
        signal.join();
        broker.close();
    }

    private void beginDrain() {
        signal.start();
        await().until(() -> balancer.get("/ready").status() != 200);
    }

    private void endDrain() {
        signal.interrupt();
    }

    @Test
    void itServesAllThatComesAndSaysGoodbye() throws Exception {
        try (Socket kept = broker.connect()) {
            assertThat(balancer.get("/ready").status()).isEqualTo(200);
            assertThat(status(kept).headers()).doesNotContainKey("Connection");

            beginDrain();
            assertThat(balancer.get("/ready").body()).isEqualTo("not ready: stopping\n");
            assertThat(balancer.get("/ping").status()).isEqualTo(200);
            Answer last = status(kept);
            assertThat(last.status()).isEqualTo(200);
            assertThat(last.headers()).containsEntry("Connection", "close");
            assertThat(kept.getInputStream().read()).isEqualTo(-1);
        }
        URI uri = URI.create("http://127.0.0.1:" + broker.port() + "/_status");
        HttpResponse<Void> upgraded =
                HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
        assertThat(upgraded.statusCode()).isEqualTo(200);
        assertThat(upgraded.version()).isEqualTo(HttpClient.Version.HTTP_2);
    }

    /** A client that has not read yet that it shall go away. */
    @Test
    void whatStillComesOverHttp2IsServedAfterThePortIsClosed() throws Exception {
        int port = broker.port();
        broker.api().register("c", "k", "http://127.0.0.1:1/k");
        try (Socket client = broker.connect()) {
            client.setSoTimeout(30_000);
            // The body of the first request has not come, so the connection must stay.
            send(
                    client,
                    Http2Frames.preface()
                            .frame(Http2Frames.SETTINGS, 0, 0, new byte[0])
                            .frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS, 1, broadcast()));
            DataInputStream answers = new DataInputStream(client.getInputStream());
            beginDrain();
            endDrain();
            while (type(answers) != GOAWAY) {
                // Settings, and what else there is.
            }
            await().until(() -> isClosed(port));

            byte[] head = Http2Frames.head(false, "/_status");
            send(
                    client,
                    Http2Frames.empty()
                            .frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS | Http2Frames.END_STREAM, 3, head));
            int type = type(answers);
            while (type != Http2Frames.HEADERS) {
                type = type(answers);
            }
            HpackDecoder decoder = new HpackDecoder(1 << 14, System::nanoTime);
            assertThat(((MetaData.Response) decoder.decode(ByteBuffer.wrap(body))).getStatus())
                    .isEqualTo(200);
        }
    }

    /** Of the frame that was read last. */
    private byte[] body;

    private int type(DataInputStream answers) throws IOException {
        int length = answers.readUnsignedShort() << 8 | answers.readUnsignedByte();
        int type = answers.readUnsignedByte();
        answers.readNBytes(5);
        body = answers.readNBytes(length);
        return type;
    }

    private static boolean isClosed(int port) throws IOException {
        try {
            new Socket("127.0.0.1", port).close();
            return false;
        } catch (ConnectException refused) {
            return true;
        }
    }

    private static byte[] broadcast() {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(Http2Frames.head(true, "/channel/c/broadcast"));
        Http2Frames.field(head, "content-length", "2");
        Http2Frames.field(head, "x-broker-channel-token", "ct");
        Http2Frames.field(head, "x-broker-producer-id", "p");
        Http2Frames.field(head, "x-broker-producer-token", "pt");
        return head.toByteArray();
    }

    private static void send(Socket client, Http2Frames frames) throws IOException {
        client.getOutputStream().write(frames.bytes());
    }

    private static Answer status(Socket connection) throws IOException {
        connection.getOutputStream().write("GET /_status HTTP/1.1\r\nHost: b\r\n\r\n".getBytes(US_ASCII));
        return Answer.read(connection.getInputStream(), false);
    }
}
