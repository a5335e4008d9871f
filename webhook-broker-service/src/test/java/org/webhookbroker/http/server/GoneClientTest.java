package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** Clients that are gone when their answers are written leave nothing in the log, and no work behind. */
@Tag("G8")
@Tag("slow")
final class GoneClientTest {
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private static final int CONNECTIONS = 100;
    private static final int PIPELINED = 200;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final LargeResource large = new LargeResource();
    private LocalBroker broker;

    @BeforeEach
    void start() {
        broker = LocalBroker.on(mariaDb).serving(List.of(large)).start("server.maxThreads=24");
        log.start();
        ROOT.addAppender(log);
    }

    @AfterEach
    void stop() {
        ROOT.detachAppender(log);
        broker.close();
    }

    /** Counts its calls. */
    @Path("/large")
    public static final class LargeResource {
        final AtomicInteger calls = new AtomicInteger();

        @GET
        @Produces("text/plain")
        public String get() {
            calls.incrementAndGet();
            return "x".repeat(200_000);
        }
    }

    /** B23 of the list: it was 108 MB of log. */
    @Test
    void aPipelineThatNobodyReadsIsDropped() throws Exception {
        List<Socket> sockets = pipelines(CONNECTIONS, "GET /large HTTP/1.1\r\nHost: b\r\n\r\n".repeat(PIPELINED));
        await().until(() -> large.calls.get() >= CONNECTIONS / 2);
        closeAll(sockets);
        mustServeOthers();

        assertThat(large.calls.get()).isLessThan(CONNECTIONS * PIPELINED / 10);
        assertThat(log.list).noneMatch(event -> event.getThrowableProxy() != null);
        assertThat(bytes()).isLessThan(CONNECTIONS * 200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/producers", "/nothing", "/metrics", "/openapi.json", "/PRODUCERS", "/_status"})
    void whoeverResetsTheConnectionLeavesNoStackTrace(String path) throws Exception {
        for (int round = 0; round < 5; round++) {
            List<Socket> sockets = pipelines(10, ("GET " + path + " HTTP/1.1\r\nHost: b\r\n\r\n").repeat(50));
            for (Socket socket : sockets) {
                socket.setSoLinger(true, 0);
            }
            closeAll(sockets);
        }
        mustServeOthers();
        assertThat(log.list).noneMatch(event -> event.getThrowableProxy() != null);
        assertThat(bytes()).isLessThan(2000);
    }

    /** B14 of the list: headers that are none, and answers that have no window when the client hangs up. */
    @Test
    void http2LeavesNoStackTraceEither() throws Exception {
        String literal = "\0\3x-a\10b\r\nERROR"; // A name of 3 bytes and a value of 8.
        String path = "\u0082\u0086\4\15/openapi.json\1\1b";
        for (int round = 0; round < 20; round++) {
            for (String head :
                    List.of(path + literal, path + "\0\3x\ra\1b", "\u0082\u0086\4\11/a\r\nERROR\1\1b", path)) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
                    socket.getOutputStream().write(http2(head));
                    assertThat(socket.getInputStream().read()).isNotNegative();
                }
            }
        }
        mustServeOthers();
        assertThat(log.list)
                .noneMatch(event -> event.getThrowableProxy() != null)
                .noneMatch(event -> event.getFormattedMessage().contains("\nERROR"));
        assertThat(bytes()).isLessThan(2000);
    }

    /** RFC 9113: the preface, SETTINGS with a window of zero, and a request with this head. */
    private static byte[] http2(String head) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        bytes.write(new byte[] {0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0});
        bytes.write(new byte[] {0, 0, (byte) head.length(), 1, 5, 0, 0, 0, 1});
        bytes.write(head.getBytes(StandardCharsets.ISO_8859_1));
        return bytes.toByteArray();
    }

    private List<Socket> pipelines(int count, String requests) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()));
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
            sockets.add(socket);
        }
        return sockets;
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Returns when nothing of the others is under way any more. */
    private void mustServeOthers() {
        await().until(() -> broker.client().get("/producers").status() == 200);
        AtomicInteger before = new AtomicInteger(-1);
        await().during(Duration.ofSeconds(1)).until(() -> before.getAndSet(large.calls.get()) == large.calls.get());
    }

    private int bytes() {
        return log.list.stream()
                .mapToInt(event -> event.getFormattedMessage().length() + 100)
                .sum();
    }
}
