package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.webhookbroker.outbound.RawHttp2Consumer.CONTINUATION;
import static org.webhookbroker.outbound.RawHttp2Consumer.DATA;
import static org.webhookbroker.outbound.RawHttp2Consumer.END_HEADERS;
import static org.webhookbroker.outbound.RawHttp2Consumer.HEADERS;
import static org.webhookbroker.outbound.RawHttp2Consumer.PADDED;
import static org.webhookbroker.outbound.RawHttp2Consumer.PING;
import static org.webhookbroker.outbound.RawHttp2Consumer.RST_STREAM;
import static org.webhookbroker.outbound.RawHttp2Consumer.SETTINGS;
import static org.webhookbroker.outbound.RawHttp2Consumer.WINDOW_UPDATE;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.webhookbroker.outbound.RawHttp2Consumer.Connection;

/** A consumer sends frame after frame by HTTP/2, and reads nothing. */
@Tag("G8")
@Tag("G6")
@Tag("slow")
class Http2FloodTest {
    private static final int PRIORITY = 2;
    private static final int PUSH_PROMISE = 5;
    private static final int UNKNOWN = 0x21;
    /** More than all buffers between the consumer and us hold. */
    private static final int FLOOD = 24 << 20;

    private static final Outcome DELIVERED = new Outcome.Delivered(200);

    private final RawHttp2Consumer consumer = new RawHttp2Consumer();
    private final RawHttp2Consumer other = new RawHttp2Consumer();
    private final WebhookClient client = client();
    private final CountDownLatch flooding = new CountDownLatch(1);
    private final CompletableFuture<Boolean> wasRead = new CompletableFuture<>();

    Http2FloodTest() throws Exception {}

    private static WebhookClient client() throws Exception {
        OutboundFactory factory = new OutboundFactory();
        factory.ioThreads = 1;
        return factory.build(
                Clock.systemUTC(),
                host -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                RawHttp2Consumer.trusting());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        consumer.close();
        other.close();
    }

    /** What comes over and over, perhaps after something else. */
    interface Flood {
        void send(Connection connection, int stream) throws IOException;

        default void begin(Connection connection, int stream) throws IOException {}
    }

    static Stream<Arguments> floods() {
        int[] none = {};
        return Stream.of(
                flood("PING", (connection, stream) -> connection.frame(PING, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8)),
                flood("SETTINGS", (connection, stream) -> connection.frame(SETTINGS, 0, 0, none)),
                flood("a setting", (connection, stream) -> connection.setting(3, 100)),
                flood("their ACK", (connection, stream) -> connection.frame(SETTINGS, 1, 0)),
                flood("answers to no PING", (connection, stream) -> connection.frame(PING, 1, 0, new int[8])),
                flood("WINDOW_UPDATE", (connection, stream) -> connection.frame(WINDOW_UPDATE, 0, stream, 0, 0, 0, 1)),
                flood("PRIORITY", (connection, stream) -> connection.frame(PRIORITY, 0, stream, 0, 0, 0, 0, 16)),
                flood(
                        "PUSH_PROMISE",
                        (connection, stream) -> connection.frame(PUSH_PROMISE, END_HEADERS, stream, 0, 0, 0, 2, 0x88)),
                flood("unknown frames", (connection, stream) -> connection.frame(UNKNOWN, 0, 0)),
                flood("large unknown frames", (connection, stream) -> connection.frame(UNKNOWN, 0, 0, new int[16_384])),
                flood(
                        "interim answers",
                        (connection, stream) -> connection.frame(HEADERS, END_HEADERS, stream, 8, 3, '1', '0', '3')),
                flood("GOAWAY", (connection, stream) -> connection.goAway(Integer.MAX_VALUE, 0)),
                flood(
                        "resets of other streams",
                        (connection, stream) -> connection.frame(RST_STREAM, 0, stream + 2, 0, 0, 0, 8)),
                after(
                        "empty CONTINUATION",
                        (connection, stream) -> connection.frame(HEADERS, 0, stream, 0x88),
                        (connection, stream) -> connection.frame(CONTINUATION, 0, stream)),
                after("empty DATA", Http2FloodTest::head, (connection, stream) -> connection.frame(DATA, 0, stream)),
                after("padding", Http2FloodTest::head, (connection, stream) -> {
                    int[] padding = new int[256];
                    padding[0] = 255;
                    connection.frame(DATA, PADDED, stream, padding);
                }));
    }

    private static void head(Connection connection, int stream) throws IOException {
        connection.frame(HEADERS, END_HEADERS, stream, 0x88);
    }

    private static Arguments flood(String name, Flood flood) {
        return Arguments.of(name, flood);
    }

    private static Arguments after(String name, Flood first, Flood flood) {
        return Arguments.of(name, new Flood() {
            @Override
            public void begin(Connection connection, int stream) throws IOException {
                first.send(connection, stream);
            }

            @Override
            public void send(Connection connection, int stream) throws IOException {
                flood.send(connection, stream);
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void endsItsConnectionAndHoldsUpNobody(String name, Flood flood) throws Exception {
        consumer.answers((connection, stream) -> flood(connection, stream, flood));
        CompletableFuture<Outcome> flooded = client.send(call(consumer));
        assertThat(flooding.await(Clients.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(Clients.send(client, call(other))).isEqualTo(DELIVERED);
        assertThat(wasRead.get(Clients.LONG.toSeconds(), TimeUnit.SECONDS)).isFalse();
        assertThat(Clients.await(flooded).attempted()).isTrue();

        consumer.answers((connection, stream) -> connection.ok(stream));
        assertThat(Clients.send(client, call(consumer))).isEqualTo(DELIVERED);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void endsAConnectionThatRests(String name, Flood flood) throws Exception {
        consumer.answers((connection, stream) -> {
            connection.ok(stream);
            flood(connection, stream, flood);
        });
        assertThat(Clients.send(client, call(consumer))).isEqualTo(DELIVERED);
        assertThat(wasRead.get(Clients.LONG.toSeconds(), TimeUnit.SECONDS)).isFalse();
    }

    private void flood(Connection connection, int stream, Flood flood) throws IOException {
        try {
            flood.begin(connection, stream);
            flooding.countDown();
            connection.fill(FLOOD, many -> flood.send(many, stream));
            wasRead.complete(true);
        } finally {
            wasRead.complete(false);
        }
    }

    /** Each tells of as little as a server might. */
    @Test
    void roomForALargeBodyMayComeInSmallPieces() {
        consumer.answers((connection, stream) -> {
            for (int taken = 0; taken < 16 << 20; taken += 512) {
                connection.frame(WINDOW_UPDATE, 0, 0, 0, 0, 2, 0);
                connection.frame(WINDOW_UPDATE, 0, stream, 0, 0, 2, 0);
            }
            connection.ok(stream);
        });
        delivers(2);
    }

    @Test
    void pingsMayGoOn() {
        consumer.answers((connection, stream) -> {
            for (int i = 0; i < 90; i++) {
                connection.frame(PING, 0, 0, new int[8]);
            }
            connection.ok(stream);
        });
        delivers(20);
        assertThat(consumer.connections()).isEqualTo(1);
    }

    private void delivers(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(Clients.send(client, call(consumer))).isEqualTo(DELIVERED);
        }
    }

    private static Call call(RawHttp2Consumer consumer) {
        return new Call(consumer.url(), Map.of(), Clients.BODY, Clients.LONG);
    }
}
