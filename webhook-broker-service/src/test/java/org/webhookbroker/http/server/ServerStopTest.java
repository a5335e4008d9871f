package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class ServerStopTest {
    /** Longer than this test may take. */
    private static final long LONG_MILLIS = 600_000;

    private static final long SHUTDOWN_IDLE_MILLIS = 2_000;

    private final Server server = new Server();
    private final ServerConnector connector = connector();

    /** A request that ends at the moment when the stop begins sets the idle time of its connection back: here by hand, as that moment is short. */
    @Test
    @Timeout(60)
    void anIdleTimeThatWasSetBackDoesNotHoldUpTheStop() throws Exception {
        server.addConnector(connector);
        server.setHandler(new ConnectionHandler());
        server.setStopTimeout(LONG_MILLIS);
        server.start();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: b\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().read()).isPositive();
            CompletableFuture<Void> stop = CompletableFuture.runAsync(this::stop);
            await().until(connector::isShutdown);
            connector.getConnectedEndPoints().forEach(each -> each.setIdleTimeout(LONG_MILLIS));
            stop.get();
        }
    }

    private ServerConnector connector() {
        Http2ConnectorFactory factory = new Http2ConnectorFactory();
        factory.setBindHost("127.0.0.1");
        factory.setPort(0);
        ServerConnector made = (ServerConnector) factory.build(server, new MetricRegistry(), "api", null);
        made.setShutdownIdleTimeout(SHUTDOWN_IDLE_MILLIS);
        return made;
    }

    private void stop() {
        try {
            server.stop();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
