package org.webhookbroker.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Http2Frames;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.Wire;

/** Connections that have no whole request, and whether others get through beside them. */
@Tag("G6")
@Tag("G8")
@Tag("slow")
@ParameterizedClass
@EnumSource
final class SlowConnectionsTest {
    private static final int MOST = 64;
    /** The end of a broker is not what this is about, and it would wait for connections that may rest for an hour. */
    private static final String QUICK_STOP = "server.shutdownGracePeriod=0s";

    private static final String HERE = "127.0.0.1";
    private static final String ELSEWHERE = "127.0.0.2";
    /** Nobody else has it, while connections of an earlier test may still wait to be accepted from {@link #HERE}. */
    private static final String HONEST = "127.0.0.3";

    @RegisterExtension
    static final ContractBroker fullInClear = full();

    @RegisterExtension
    static final ContractBroker fullBehindTls = full().over(Wire.TLS);

    @RegisterExtension
    static final ContractBroker hurriedInClear = hurried();

    @RegisterExtension
    static final ContractBroker hurriedBehindTls = hurried().over(Wire.TLS);

    private final Wire wire;
    private final ContractBroker full;
    private final ContractBroker hurried;
    private final String channel;

    SlowConnectionsTest(Wire wire) {
        this.wire = wire;
        full = wire == Wire.TLS ? fullBehindTls : fullInClear;
        hurried = wire == Wire.TLS ? hurriedBehindTls : hurriedInClear;
        channel = full.channel();
        full.pull(channel, "k");
    }

    /** So many connections, and no deadline that would help. */
    private static ContractBroker full() {
        return new ContractBroker(
                "server.applicationConnectors[0].maxConnections=" + MOST,
                "server.applicationConnectors[0].requestIdleTimeout=1h",
                "server.applicationConnectors[0].idleTimeout=1h",
                "server.maxThreads=24",
                QUICK_STOP);
    }

    private static ContractBroker hurried() {
        return new ContractBroker("server.applicationConnectors[0].requestIdleTimeout=1s", QUICK_STOP);
    }

    /** Whoever was sent away has left no request behind. The one that asks for the figures is the only one. */
    @AfterEach
    void nothingIsLeftUnderWay() {
        awaitUnderWay(1);
    }

    private void awaitUnderWay(int requests) {
        await().until(() -> full.client()
                .get("/metrics")
                .body()
                .contains("MutableServletContextHandler_active_requests_total " + requests + ".0"));
    }

    /** All have the address of the honest client, as behind a proxy. */
    @ParameterizedTest
    @EnumSource
    void oneMoreTakesThePlaceOfOneWithoutAWholeRequest(SlowClients.Kind kind) throws IOException {
        try (SlowClients slow = new SlowClients(wire, kind).open(full.broker().port(), 2 * MOST, HERE)) {
            for (int i = 0; i < 5; i++) {
                assertThat(full.client().get("/producers").status()).isEqualTo(200);
                assertThat(full.broadcast(channel, "hi").status()).isEqualTo(201);
                assertThat(full.broker().admin().get("/ping")).isEqualTo("pong\n");
                await().until(() -> slow.drip() <= MOST + 1);
            }
        }
    }

    /** The addresses with few of them lose none, even if theirs have rested for longer. */
    @Test
    void anAddressLosesItsOwn() throws IOException {
        List<Socket> resting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Socket socket = wire.connect(full.broker().port(), HONEST);
            resting.add(socket);
            assertThat(channels(socket).status()).isEqualTo(200);
        }
        try (SlowClients slow =
                new SlowClients(wire, SlowClients.Kind.HEAD).open(full.broker().port(), 4 * MOST, ELSEWHERE)) {
            assertThat(full.client().get("/producers").status()).isEqualTo(200);
            await().until(() -> slow.drip() < MOST);
            for (Socket socket : resting) {
                assertThat(channels(socket).status()).isEqualTo(200);
                socket.close();
            }
        }
    }

    /** A request that is whole is answered, however many come meanwhile. */
    @Test
    void aWholeRequestIsNotGivenUp() throws IOException {
        String consumer = full.pull(full.channel(), "k");
        try (Socket waiting = full.broker().connect()) {
            waiting.setSoTimeout(60_000);
            String body = "{\"WaitSeconds\":15}";
            write(
                    waiting,
                    "POST " + consumer + "/jobs/lease HTTP/1.1\r\nHost: b\r\nX-Broker-Channel-Token: ct\r\n"
                            + "X-Broker-Consumer-Token: kt\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            awaitUnderWay(2);
            try (SlowClients slow = new SlowClients(wire, SlowClients.Kind.HEAD)
                    .open(full.broker().port(), 4 * MOST, HERE)) {
                await().until(() -> slow.drip() <= MOST + 1);
                assertThat(Answer.read(waiting.getInputStream(), false).status())
                        .isEqualTo(200);
            }
        }
    }

    /** There is room enough, so only the deadline ends them. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SILENT", "FORM", "PAYLOAD", "SESSION", "STREAM_WITHOUT_DATA"})
    void aHeadHasADeadline(SlowClients.Kind kind) throws IOException {
        try (SlowClients slow =
                new SlowClients(wire, kind).open(hurried.broker().port(), 10, HERE)) {
            // Behind TLS nothing is upgraded: that one has a whole request, and then rests.
            int left = wire == Wire.TLS && kind == SlowClients.Kind.UPGRADE ? 10 : 0;
            await().until(() -> slow.drip() == left);
        }
    }

    /** The server waits for all connections when it stops. Bodies on their way have a pace of their own. */
    @Test
    void theStopDoesNotWaitForThem() throws IOException {
        LocalBroker broker = LocalBroker.on(full.mariaDb())
                .over(wire)
                .start(
                        "server.applicationConnectors[0].requestIdleTimeout=1h",
                        "server.applicationConnectors[0].idleTimeout=1h",
                        "server.shutdownGracePeriod=10m");
        List<SlowClients> all = new ArrayList<>();
        try {
            for (SlowClients.Kind kind : SlowClients.Kind.values()) {
                if (!kind.hasRequest()) {
                    all.add(new SlowClients(wire, kind).open(broker.port(), 3, HERE));
                }
            }
            assertThat(broker.client().get("/producers").status()).isEqualTo(200);
            CompletableFuture<Void> stop = CompletableFuture.runAsync(broker::close);
            await().until(() -> {
                for (SlowClients slow : all) {
                    slow.drip();
                }
                return stop.isDone();
            });
        } finally {
            all.forEach(SlowClients::close);
        }
    }

    /** Neither has begun a request. A ping is no part of one. */
    @Test
    void whoRestsMayRest() throws IOException {
        try (Socket rests = hurried.broker().connect();
                Socket silent = hurried.broker().connect();
                Socket pings = wire.connect(hurried.broker().port(), HERE, 0, List.of("h2"));
                SlowClients slow = new SlowClients(wire, SlowClients.Kind.HEAD)) {
            assertThat(channels(rests).status()).isEqualTo(200);
            pings.getOutputStream()
                    .write(Http2Frames.preface()
                            .frame(Http2Frames.SETTINGS, 0, 0, new byte[0])
                            .bytes());
            for (int i = 0; i < 3; i++) {
                slow.open(hurried.broker().port(), 1, HERE);
                await().until(() -> {
                    pings.getOutputStream()
                            .write(Http2Frames.empty()
                                    .frame(Http2Frames.PING, 0, 0, new byte[8])
                                    .bytes());
                    return slow.drip() == 0;
                });
            }
            assertThat(channels(rests).status()).isEqualTo(200);
            assertThat(channels(silent).status()).isEqualTo(200);
            pings.getOutputStream()
                    .write(Http2Frames.empty()
                            .frame(
                                    Http2Frames.HEADERS,
                                    Http2Frames.END_HEADERS | Http2Frames.END_STREAM,
                                    1,
                                    Http2Frames.head(false, "/nothing"))
                            .bytes());
            pings.setSoTimeout(30_000);
            StringBuilder answers = new StringBuilder();
            while (answers.indexOf("404 page not found") < 0) {
                int octet = pings.getInputStream().read();
                assertThat(octet).as("not hung up").isNotNegative();
                answers.append((char) octet);
            }
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static Answer channels(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        write(socket, "GET /channels HTTP/1.1\r\nHost: b\r\n\r\n");
        return Answer.read(socket.getInputStream(), false);
    }
}
