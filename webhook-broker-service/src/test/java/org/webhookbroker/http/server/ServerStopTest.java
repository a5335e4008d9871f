package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.StreamingOutput;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** The stop waits for requests, and not for clients that keep their connection. */
final class ServerStopTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Slow slow = new Slow();

    /** Otherwise it ends by its time, which fails here. */
    @Test
    void aRequestThatEndsWhileItStopsLeavesNoConnectionBehind() throws Exception {
        LocalBroker broker = LocalBroker.on(mariaDb).serving(List.of(slow)).start();
        int port = broker.port();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream().write("GET /slow HTTP/1.1\r\nHost: b\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().read()).isPositive();
            CompletableFuture<Void> stop = CompletableFuture.runAsync(broker::close);
            await().until(() -> refuses(port));
            slow.end.countDown();
            stop.join();
        }
    }

    private static boolean refuses(int port) {
        try (Socket other = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !other.isConnected();
        } catch (java.io.IOException refused) {
            return true;
        }
    }

    /** Its head goes out before the stop, and its end after the stop has begun. */
    @Path("/slow")
    public static final class Slow {
        private final CountDownLatch end = new CountDownLatch(1);

        @GET
        public StreamingOutput get() {
            return output -> {
                output.write('x');
                output.flush();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            };
        }
    }
}
