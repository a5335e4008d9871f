package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.testing.Http2Frames;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Wire;

/** Clients that do not read their answers, and what is left for the others. */
@Tag("G6")
@Tag("slow")
@ParameterizedClass
@EnumSource
final class SlowReaderTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** The answers are far more than the buffers of a connection hold; more clients ask for them than there are threads. */
    private static final String REQUESTS = "GET /openapi.json HTTP/1.1\r\nHost: b\r\n\r\n".repeat(200);

    private final Wire wire;

    SlowReaderTest(Wire wire) {
        this.wire = wire;
    }

    private LocalBroker start(String... settings) {
        return LocalBroker.on(mariaDb).over(wire).start(settings);
    }

    private Socket connect(LocalBroker broker) throws IOException {
        return wire.connect(broker.port(), "127.0.0.1", 0, List.of("h2"));
    }

    @Test
    void readersThatStandStillLeaveThreadsToTheOthers() throws IOException {
        try (LocalBroker broker =
                        start("server.maxThreads=24", "server.applicationConnectors[0].requestIdleTimeout=1h");
                Idlers idlers = new Idlers(wire, broker.port(), 40)) {
            Set<Socket> served = new HashSet<>();
            await().until(() -> {
                idlers.sockets().stream()
                        .filter(each -> !served.contains(each) && hasBytes(each))
                        .forEach(served::add);
                return served.size() == idlers.sockets().size();
            });

            assertThat(broker.client().get("/channels").status()).isEqualTo(200);
        }
    }

    /** Clients that do not read. Close them before the broker, which would wait for their requests. */
    private record Idlers(List<Socket> sockets) implements AutoCloseable {
        Idlers(Wire wire, int port, int count) throws IOException {
            this(new ArrayList<>());
            for (int i = 0; i < count; i++) {
                sockets.add(ask(wire, port));
            }
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** One connection with a window of zero: its answers wait inside the broker, not in a socket. */
    @Test
    void aWindowOfZeroHoldsNoThreadsEither() throws IOException {
        try (LocalBroker broker =
                        start("server.maxThreads=24", "server.applicationConnectors[0].requestIdleTimeout=1h");
                Socket reader = connect(broker)) {
            reader.setSoTimeout(60_000);
            reader.getOutputStream().write(streams(40));

            assertThat(reader.getInputStream().readAllBytes())
                    .as("until the broker hangs up")
                    .isNotEmpty();

            assertThat(broker.client().get("/channels").status()).isEqualTo(200);
        }
    }

    /** Whoever writes such a refusal waits for its reader: that must be neither the timer of all nor another request. */
    @Test
    void aRefusalThatIsNotReadHoldsUpNobody() throws IOException {
        try (LocalBroker broker =
                        start("intake.uploadGrace=1s", "server.applicationConnectors[0].requestIdleTimeout=1h");
                Socket reader = connect(broker)) {
            broker.api().register("c", "k", "http://127.0.0.1:1/");
            reader.getOutputStream().write(unfinishedBroadcast());
            awaitAnswerHead(new DataInputStream(reader.getInputStream()));

            assertThat(broker.client().raw("""
                            POST /channel/c/broadcast HTTP/1.1\r
                            Host: b\r
                            X-Broker-Channel-Token: ct\r
                            X-Broker-Producer-ID: p\r
                            X-Broker-Producer-Token: pt\r
                            Content-Length: 5\r
                            \r
                            hi""").status()).isEqualTo(408);
        }
    }

    /** It is never waited for a second, as its window opens a little all the time; so it would have the memory for minutes. */
    @Test
    @Tag("G8")
    void aReaderThatTakesALittleAllTheTimeGivesWayToo() throws Exception {
        try (LocalBroker broker = start();
                Socket reader = connect(broker)) {
            broker.api().register("c", "k", "http://127.0.0.1:1/");
            broker.api().broadcast("c", "m", "x".repeat(12_000_000)).join();
            int all = Http2Frames.END_HEADERS | Http2Frames.END_STREAM;
            reader.getOutputStream()
                    .write(Http2Frames.preface()
                            .frame(Http2Frames.SETTINGS, 0, 0, new byte[0])
                            .frame(Http2Frames.HEADERS, all, 1, Http2Frames.head(false, "/channel/c/message/m"))
                            .bytes());
            reader.getInputStream().skipNBytes(30_000);
            CountDownLatch over = new CountDownLatch(1);
            Thread takes = new Thread(() -> takeALittle(reader, over), "takes");
            takes.start();

            await().until(() -> broker.client().get("/channel/c/message/m").status() == 200);
            over.countDown();
            takes.join();
        }
    }

    /** 80 KiB a second. */
    private static void takeALittle(Socket reader, CountDownLatch over) {
        byte[] more = {0, 0, 0x40, 0};
        byte[] windows = Http2Frames.empty()
                .frame(Http2Frames.WINDOW_UPDATE, 0, 0, more)
                .frame(Http2Frames.WINDOW_UPDATE, 0, 1, more)
                .bytes();
        try {
            do {
                takeWhatIsThere(reader);
                reader.getOutputStream().write(windows);
            } while (!over.await(200, TimeUnit.MILLISECONDS));
        } catch (IOException | InterruptedException ended) {
            // It gave way.
        }
    }

    private static void takeWhatIsThere(Socket reader) throws IOException {
        reader.setSoTimeout(1);
        try {
            while (reader.getInputStream().read(new byte[4096]) >= 0) {
                // It does not matter what it is.
            }
        } catch (SocketTimeoutException all) {
            // There is no more for now.
        }
    }

    private static void awaitAnswerHead(DataInputStream frames) throws IOException {
        int type;
        do {
            int lengthAndType = frames.readInt();
            type = lengthAndType & 0xff;
            frames.skipNBytes(5 + (lengthAndType >>> 8));
        } while (type != Http2Frames.HEADERS);
    }

    private static byte[] unfinishedBroadcast() {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(Http2Frames.head(true, "/channel/c/broadcast"));
        Http2Frames.field(head, "x-broker-channel-token", "ct");
        Http2Frames.field(head, "x-broker-producer-id", "p");
        Http2Frames.field(head, "x-broker-producer-token", "pt");
        return withoutWindow()
                .frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS, 1, head.toByteArray())
                .bytes();
    }

    /** SETTINGS_INITIAL_WINDOW_SIZE is 0. */
    private static Http2Frames withoutWindow() {
        return Http2Frames.preface().frame(Http2Frames.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
    }

    private static byte[] streams(int count) {
        Http2Frames frames = withoutWindow();
        byte[] head = Http2Frames.head(false, "/openapi.json");
        for (int i = 0; i < count; i++) {
            frames.frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS | Http2Frames.END_STREAM, 2 * i + 1, head);
        }
        return frames.bytes();
    }

    private static Socket ask(Wire wire, int port) throws IOException {
        Socket socket = wire.connect(port, "127.0.0.1", 4096, List.of("http/1.1"));
        socket.setSoTimeout(1);
        socket.getOutputStream().write(REQUESTS.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Takes one, since behind TLS there is none before. */
    private static boolean hasBytes(Socket socket) {
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException notYet) {
            return false;
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }
}
