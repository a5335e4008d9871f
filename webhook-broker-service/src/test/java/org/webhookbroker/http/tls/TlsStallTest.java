package org.webhookbroker.http.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.ClientHello;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.SlowSockets;
import org.webhookbroker.testing.Wire;

/** Clients that stop half way through what TLS itself sends: nothing behind TLS sees any of it. */
@Tag("G6")
@Tag("slow")
final class TlsStallTest {
    private static final int MOST = 64;
    private static final String QUICK_STOP = "server.shutdownGracePeriod=0s";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** What a connection begins with, and whether it goes on with a byte now and then. */
    private enum Kind {
        HALF_HELLO(false, 100),
        HELLO_BYTE_BY_BYTE(true, 5),
        HELLO_WITHOUT_END(true, 0),
        NO_FINISH(false, Integer.MAX_VALUE),
        HALF_RECORD(false, 0),
        RECORD_BYTE_BY_BYTE(true, 0);

        private final boolean drips;
        private final int helloBytes;

        Kind(boolean drips, int helloBytes) {
            this.drips = drips;
            this.helloBytes = helloBytes;
        }

        boolean isAfterHandshake() {
            return this == HALF_RECORD || this == RECORD_BYTE_BY_BYTE;
        }

        Socket connect(int port) throws IOException {
            Socket socket = Wire.CLEAR.connect(port);
            if (isAfterHandshake()) {
                // Keeps the connection open, and is spoken past.
                Wire.TLS.behind(socket, port);
            }
            return socket;
        }

        /** A record that would have 16,400 bytes, of which there are few; or the message of a handshake that would have 32,000. */
        byte[] beginning() throws IOException {
            byte[] hello = ClientHello.of(Wire.TLS);
            if (isAfterHandshake()) {
                return new byte[] {0x17, 3, 3, 0x40, 0x10, 1, 2, 3};
            }
            if (this != HELLO_WITHOUT_END) {
                return Arrays.copyOf(hello, Math.min(helloBytes, hello.length));
            }
            ByteArrayOutputStream large = new ByteArrayOutputStream();
            large.writeBytes(new byte[] {0x16, 3, 1, 0x3e, (byte) 0x80, 1, 0, 0x7d, 0});
            large.writeBytes(Arrays.copyOfRange(hello, 9, hello.length));
            large.writeBytes(new byte[16_000 + 5 - large.size()]);
            large.writeBytes(new byte[] {0x16, 3, 1, 0x3c, 0x00});
            return large.toByteArray();
        }
    }

    private static SlowSockets stalled(Kind kind, int port, int count) throws IOException {
        return new SlowSockets(new byte[kind.drips ? 1 : 0]).open(count, () -> kind.connect(port), kind.beginning());
    }

    @ParameterizedTest
    @EnumSource
    void itHasADeadline(Kind kind) throws IOException {
        try (LocalBroker broker = start("server.applicationConnectors[0].requestIdleTimeout=1s");
                Socket rests = broker.connect();
                SlowSockets stalled = stalled(kind, broker.port(), 5)) {
            await().until(() -> stalled.drip() == 0);
            assertThat(channels(rests)).as("who has begun nothing may rest").isEqualTo(200);
        }
    }

    /** There is no deadline that would help. */
    @ParameterizedTest
    @EnumSource
    void itTakesNoPlaceFromOthers(Kind kind) throws IOException {
        try (LocalBroker broker = startFull();
                SlowSockets stalled = stalled(kind, broker.port(), 2 * MOST)) {
            for (int i = 0; i < 5; i++) {
                assertThat(broker.client().get("/producers").status()).isEqualTo(200);
                await().until(() -> stalled.drip() <= MOST + 1);
            }
        }
    }

    /** They have rested for longest, and have the address of all the others. */
    @Test
    void whoHasShakenHandsStays() throws IOException {
        List<Socket> resting = new ArrayList<>();
        try (LocalBroker broker = startFull();
                SlowSockets stalled = stalled(Kind.NO_FINISH, broker.port(), 0)) {
            for (int i = 0; i < MOST / 4; i++) {
                resting.add(broker.connect());
                assertThat(channels(resting.get(i))).isEqualTo(200);
            }
            stalled.open(4 * MOST, () -> Kind.NO_FINISH.connect(broker.port()), Kind.NO_FINISH.beginning());
            await().until(() -> stalled.drip() < MOST);
            for (Socket socket : resting) {
                assertThat(channels(socket)).isEqualTo(200);
                socket.close();
            }
        }
    }

    /** Its connector is one of Dropwizard, without bounds of its own. */
    @Test
    void theAdminPortHasBothBounds() throws IOException {
        try (LocalBroker broker = start("tls.adminPort=true", "server.adminConnectors[0].idleTimeout=1s", QUICK_STOP);
                SlowSockets dripping = stalled(Kind.HELLO_BYTE_BY_BYTE, broker.adminPort(), 5)) {
            await().until(() -> dripping.drip() == 0);
        }
        try (LocalBroker broker = start("tls.adminPort=true", "server.adminConnectors[0].idleTimeout=1h", QUICK_STOP);
                SlowSockets stalled = stalled(Kind.NO_FINISH, broker.adminPort(), 400)) {
            await().until(() -> stalled.drip() <= 257);
            try (Socket asks = Wire.TLS.connect(broker.adminPort())) {
                assertThat(status(asks, "/ping")).isEqualTo(200);
            }
        }
    }

    /** The server waits for all connections when it stops. */
    @ParameterizedTest
    @EnumSource
    void theStopDoesNotWaitForIt(Kind kind) throws IOException {
        LocalBroker broker = start(
                "server.applicationConnectors[0].requestIdleTimeout=1h",
                "server.applicationConnectors[0].idleTimeout=1h",
                "server.shutdownGracePeriod=10m");
        try (SlowSockets stalled = stalled(kind, broker.port(), 3)) {
            assertThat(broker.client().get("/producers").status()).isEqualTo(200);
            Thread stop = new Thread(broker::close);
            stop.start();
            await().until(() -> {
                stalled.drip();
                return !stop.isAlive();
            });
        }
    }

    private static LocalBroker startFull() {
        return start(
                "server.applicationConnectors[0].maxConnections=" + MOST,
                "server.applicationConnectors[0].requestIdleTimeout=1h",
                "server.applicationConnectors[0].idleTimeout=1h",
                "server.maxThreads=24",
                QUICK_STOP);
    }

    private static LocalBroker start(String... settings) {
        return LocalBroker.on(mariaDb).over(Wire.TLS).start(settings);
    }

    private static int channels(Socket socket) throws IOException {
        return status(socket, "/channels");
    }

    private static int status(Socket socket, String path) throws IOException {
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: b\r\n\r\n").getBytes(US_ASCII));
        return Answer.read(socket.getInputStream(), false).status();
    }
}
