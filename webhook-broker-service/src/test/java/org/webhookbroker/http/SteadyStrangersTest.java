package org.webhookbroker.http;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;

/** People without a right to send fill the memory for bodies, and then send just as fast as a body must. */
@Tag("G6")
@Tag("G8")
@Tag("slow")
final class SteadyStrangersTest extends GatewayFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Strangers strangers = new Strangers();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    @AfterEach
    void stop() throws Exception {
        strangers.leave();
        node.close();
    }

    @Test
    void theyLeaveRoomForASignedBody() throws Exception {
        startNode();
        for (int i = 0; i < 10; i++) {
            strangers.send(node, BROADCAST, "Content-Length: " + LIMIT, signed("x"), "z".repeat(300_000));
        }
        strangers.keepPace();

        String large = "x".repeat(LIMIT);
        // A refusal may come, and close the connection, before all is sent.
        await().ignoreExceptions()
                .until(() -> send(BROADCAST, large, signed(large)).status() == 201);
    }

    @Test
    void theyLeaveRoomForFormsAndLeases() throws Exception {
        node = new TestNode(mariaDb.database()).started();
        node.consumer("k", ConsumerType.PULL);
        client = new RawClient(node.port());
        for (int i = 0; i < 40; i++) {
            int sent = i < 20 ? 400_000 : 60_000;
            strangers.send(
                    node,
                    "POST /channel/c1/consumer/k/jobs/lease",
                    "Transfer-Encoding: chunked",
                    "X-Broker-Channel-Token: guessed",
                    "80000\r\n" + "z".repeat(sent));
        }
        strangers.keepPace();

        await().until(() -> leases().status() == 200);
        await().until(() ->
                client.put("/producer/honest", "name=" + "n".repeat(200)).status() == 200);
    }

    private Answer leases() {
        return client.send(
                "POST /channel/c1/consumer/k/jobs/lease",
                "{}",
                "X-Broker-Channel-Token: ct",
                "X-Broker-Consumer-Token: kt");
    }

    /** Each has begun a body that never ends, and goes on with 25 KB a second, where 16 KiB are asked for. */
    private static final class Strangers {
        private static final int MILLIS = 100;

        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final CountDownLatch over = new CountDownLatch(1);
        private final Thread sender = new Thread(this::go, "strangers");

        void send(TestNode node, String line, String framing, String credentials, String begin) throws IOException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
            sockets.add(socket);
            List<String> head = new ArrayList<>(List.of(line + " HTTP/1.1", "Host: b", framing, credentials));
            head.addAll(List.of(TOKENS));
            write(socket, String.join("\r\n", head) + "\r\n\r\n" + begin);
        }

        void keepPace() {
            sender.setDaemon(true);
            sender.start();
        }

        private void go() {
            try {
                do {
                    sockets.forEach(socket -> write(socket, "z".repeat(25 * MILLIS)));
                } while (!over.await(MILLIS, TimeUnit.MILLISECONDS) && !sockets.isEmpty());
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        }

        /** One that was ended writes no more. */
        private void write(Socket socket, String text) {
            try {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException ended) {
                sockets.remove(socket);
            }
        }

        void leave() throws Exception {
            for (Socket socket : sockets) {
                socket.close();
            }
            over.countDown();
            sender.join();
        }
    }
}
