package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** Clients that do not read their answers, and what is left for the others. */
@Tag("G6")
final class SlowReaderTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** Far more than the buffers of a connection hold, asked for by more clients than there are threads. */
    private static final String REQUESTS = "GET /openapi.json HTTP/1.1\r\nHost: b\r\n\r\n".repeat(200);

    @Test
    void readersThatStandStillLeaveThreadsToTheOthers() throws IOException {
        List<Socket> idlers = new ArrayList<>();
        try (LocalBroker broker =
                LocalBroker.start(mariaDb, "server.maxThreads=24", "server.applicationConnectors[0].idleTimeout=1h")) {
            for (int i = 0; i < 40; i++) {
                idlers.add(ask(broker.port()));
            }
            Set<Socket> served = new HashSet<>();
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                idlers.stream().filter(SlowReaderTest::hasBytes).forEach(served::add);
                return served.size() == idlers.size();
            });

            assertThat(broker.client().get("/channels").status()).isEqualTo(200);
        } finally {
            for (Socket idler : idlers) {
                idler.close();
            }
        }
    }

    private static Socket ask(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream().write(REQUESTS.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static boolean hasBytes(Socket socket) {
        try {
            return socket.getInputStream().available() > 0;
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }
}
