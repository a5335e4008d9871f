package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** No connection comes about, and nothing has been sent. */
class UnreachableConsumerTest {
    private final ConsumerServer consumer = ConsumerServer.start();
    private final WebhookClient client = Clients.client();

    @AfterEach
    void close() {
        client.close();
        consumer.close();
    }

    @Test
    void refusedPort() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        Outcome outcome = Clients.send(client, Clients.call("http://127.0.0.1:" + port + "/hook", Clients.LONG));

        assertThat(outcome.reason()).isEqualTo("connect");
        assertThat(outcome.mayHaveArrived()).isFalse();
        assertThat(outcome.reach()).isEqualTo(Reach.NOBODY);
        assertThat(outcome.detail()).contains("refused");
    }

    @Test
    void deadlineDuringConnect() throws IOException {
        List<Socket> fill = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 3; i++) { // A full backlog drops what else knocks.
                Socket socket = new Socket();
                fill.add(socket);
                connectQuietly(socket, full);
            }
            Outcome outcome =
                    Clients.send(client, Clients.call("http://127.0.0.1:" + full.getLocalPort() + "/", Clients.SHORT));

            assertThat(outcome)
                    .isEqualTo(
                            new Outcome.TimedOut("connect-timeout", Reach.NOBODY, false, "Connecting took too long"));
        } finally {
            for (Socket socket : fill) {
                socket.close();
            }
        }
    }

    @Test
    void deadlineDuringTheTlsHandshake() {
        consumer.onConnect((request, connection) -> connection.waitForEnd());
        String url = consumer.url("/hook").replace("http:", "https:");

        Outcome outcome = Clients.send(client, Clients.call(url, Clients.SHORT));

        assertThat(outcome.reason()).isEqualTo("connect-timeout");
        assertThat(outcome.reach()).isEqualTo(Reach.NOBODY);
        assertThat(outcome.mayHaveArrived()).isFalse();
    }

    @Test
    void plainTextWhereTlsIsExpected() {
        consumer.onConnect(Behavior.raw("HTTP/1.1 400 Bad Request\r\n\r\n"));
        String url = consumer.url("/hook").replace("http:", "https:");

        Outcome outcome = Clients.send(client, Clients.call(url, Clients.LONG));

        assertThat(outcome.reason()).isEqualTo("tls");
        assertThat(outcome.reach()).isEqualTo(Reach.SOMEBODY);
    }

    /** What stands before a consumer that is away takes connections and drops them. */
    @Test
    void hangUpBeforeTheTlsHandshake() {
        String url = consumer.url("/hook").replace("http:", "https:");
        for (Behavior end : List.of(Behavior.close(), Behavior.reset())) {
            consumer.onConnect(end);

            Outcome outcome = Clients.send(client, Clients.call(url, Clients.LONG));

            assertThat(outcome.reach()).as(outcome.toString()).isEqualTo(Reach.NOBODY);
            assertThat(outcome.mayHaveArrived()).isFalse();
        }
    }

    @Test
    void unknownHost() {
        try (WebhookClient lost = Clients.client(factory -> {}, host -> {
            throw new UnknownHostException(host);
        })) {
            Outcome outcome = Clients.send(lost, Clients.call("http://nowhere.test/", Clients.LONG));

            assertThat(outcome.reason()).isEqualTo("dns");
            assertThat(outcome.reach()).isEqualTo(Reach.NOBODY);
            assertThat(outcome.mayHaveArrived()).isFalse();
        }
    }

    private static void connectQuietly(Socket socket, ServerSocket server) {
        try {
            socket.connect(server.getLocalSocketAddress(), 100);
        } catch (IOException e) {
            // The backlog is full, as it should be.
        }
    }
}
