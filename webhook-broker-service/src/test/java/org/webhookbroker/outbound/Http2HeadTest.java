package org.webhookbroker.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.webhookbroker.outbound.RawHttp2Consumer.CONTINUATION;
import static org.webhookbroker.outbound.RawHttp2Consumer.DATA;
import static org.webhookbroker.outbound.RawHttp2Consumer.END_HEADERS;
import static org.webhookbroker.outbound.RawHttp2Consumer.END_STREAM;
import static org.webhookbroker.outbound.RawHttp2Consumer.HEADERS;
import static org.webhookbroker.outbound.RawHttp2Consumer.PADDED;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.webhookbroker.outbound.RawHttp2Consumer.Connection;

/** Over HTTP/2 too the status decides, and what is wrong with the rest of the head costs the connection at most. */
@Tag("G8")
class Http2HeadTest {
    private static final Outcome DELIVERED = new Outcome.Delivered(200);
    private static final int STATUS_200 = 0x88;
    /** The first field of the table of the connection. */
    private static final int FIRST_OF_TABLE = 0x80 | 62;

    private final RawHttp2Consumer consumer = new RawHttp2Consumer();
    private final WebhookClient client = new OutboundFactory()
            .build(
                    Clock.systemUTC(),
                    host -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                    RawHttp2Consumer.trusting());

    Http2HeadTest() throws Exception {}

    @AfterEach
    void close() throws IOException {
        client.close();
        consumer.close();
    }

    /** Of a head, packed. */
    private static final class Block {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Block add(int... more) {
            for (int one : more) {
                bytes.write(one);
            }
            return this;
        }

        Block field(String name, String value) {
            return add(0).string(name).string(value);
        }

        /** To be remembered in the table. */
        Block indexed(String name, String value) {
            return add(0x40).string(name).string(value);
        }

        Block times(int times, Consumer<Block> same) {
            for (int i = 0; i < times; i++) {
                same.accept(this);
            }
            return this;
        }

        private Block string(String text) {
            int length = text.length();
            if (length < 127) {
                add(length);
            } else {
                add(127);
                for (length -= 127; length >= 128; length >>= 7) {
                    add(0x80 | (length & 0x7f));
                }
                add(length);
            }
            bytes.writeBytes(text.getBytes(ISO_8859_1));
            return this;
        }

        void send(Connection connection, int stream, int size, int more) throws IOException {
            byte[] all = bytes.toByteArray();
            for (int from = 0, to; from < all.length; from = to) {
                to = Math.min(all.length, from + size);
                int[] part = new int[to - from];
                for (int i = 0; i < part.length; i++) {
                    part[i] = all[from + i];
                }
                int type = from == 0 ? HEADERS : CONTINUATION;
                int flags = (from == 0 ? more : 0) | (to == all.length ? END_HEADERS : 0);
                connection.frame(type, flags, stream, part);
            }
        }
    }

    private static Block ok() {
        return new Block().add(STATUS_200);
    }

    private static Named<Block> named(String name, Block block) {
        return Named.of(name, block);
    }

    static Stream<Named<Block>> larges() {
        return Stream.of(
                named("a field of 9,000", ok().field("content-security-policy", "x".repeat(9000))),
                named("40 KiB", ok().times(40, block -> block.field("link", "x".repeat(1024)))),
                named("150 fields", ok().times(150, block -> block.field("set-cookie", "a=b"))),
                named("5,000 fields", ok().times(5000, block -> block.field("set-cookie", "a=b"))),
                named("250 KiB", ok().times(250, block -> block.field("link", "x".repeat(1010)))),
                named("fields of the table", ok().indexed("x", "y").times(5000, block -> block.add(FIRST_OF_TABLE))),
                named("more than the table holds", ok().times(100, block -> block.indexed("x", "y".repeat(500)))),
                named("more than the table takes", ok().indexed("x", "y".repeat(5000))),
                named("a long name", ok().field("x".repeat(9000), "x")));
    }

    @ParameterizedTest
    @MethodSource("larges")
    void largeHeadsCostNothing(Block head) {
        consumer.answers((connection, stream) -> head.send(connection, stream, 16_384, END_STREAM));
        delivers(3);
        assertThat(consumer.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("larges")
    void inSmallFramesWithABodyAndTrailers(Block head) {
        consumer.answers((connection, stream) -> {
            head.send(connection, stream, 1000, 0);
            connection.frame(DATA, 0, stream, 'o', 'k');
            new Block().field("grpc-status", "0").send(connection, stream, 5, END_STREAM);
        });
        delivers(2);
        assertThat(consumer.connections()).isEqualTo(1);
    }

    static Stream<Named<Block>> odds() {
        return Stream.of(
                named("more than the bound", ok().times(300, block -> block.field("link", "x".repeat(1024)))),
                named(
                        "by the table",
                        ok().indexed("x", "y".repeat(4000)).times(100, block -> block.add(FIRST_OF_TABLE))),
                named("a field of 20,000", ok().field("x", "y".repeat(20_000))),
                named("a length without end", ok().add(0, 1, 'x', 0x7f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80)),
                named("a length beyond all", ok().add(0, 1, 'x', 0x7f, 0xff, 0xff, 0xff, 0xff, 0x07)),
                named("a field that is not there", ok().add(FIRST_OF_TABLE)),
                named("the field 0", ok().add(0x80)),
                named("a field far beyond", ok().add(0xff, 0x80, 0x7f)),
                named("broken Huffman", ok().add(0, 1, 'x', 0x84, 0xff, 0xff, 0xff, 0xff)),
                named("half a field", ok().add(0, 1, 'x', 5, 'y')));
    }

    @ParameterizedTest
    @MethodSource("odds")
    void oddHeadsCostTheConnectionOnly(Block head) {
        consumer.answers((connection, stream) -> head.send(connection, stream, 16_384, END_STREAM));
        delivers(2);
        assertThat(consumer.connections()).isEqualTo(2);
    }

    /** They are malformed (RFC 9113, 8.1.1), but say what we want to know. */
    static Stream<Named<Block>> careless() {
        return Stream.of(
                named("a name in capitals", ok().field("Server", "x")),
                named("a field of HTTP/1", ok().field("connection", "close").field("transfer-encoding", "chunked")),
                named("a control character", ok().field("x", "a\0b").field("date", "a\rb")),
                named("a blank before", ok().field("date", " x")),
                named("another pseudo field", ok().field(":path", "/")),
                named("no name", ok().field("", "x")),
                named("bytes beyond ASCII", ok().field("x", "\u00ff").field("date", "\u00ff")));
    }

    @ParameterizedTest
    @MethodSource("careless")
    void carelessHeadsCostNothing(Block head) {
        consumer.answers((connection, stream) -> head.send(connection, stream, 16_384, END_STREAM));
        delivers(2);
        assertThat(consumer.connections()).isEqualTo(1);
    }

    static Stream<Named<Block>> withoutStatus() {
        return Stream.of(
                named("none", new Block().field("x", "y")),
                named("two", ok().add(STATUS_200)),
                named("another", ok().field(":status", "500")),
                named("a late one", new Block().field("x", "y").add(STATUS_200)),
                named("2000", new Block().field(":status", "2000")),
                named("000", new Block().field(":status", "000")),
                named("+200", new Block().field(":status", "+200")),
                named("endless", new Block().times(300, block -> block.field("link", "x".repeat(1024)))));
    }

    @ParameterizedTest
    @MethodSource("withoutStatus")
    void aHeadWithoutOneStatusIsABadResponse(Block head) {
        consumer.answers((connection, stream) -> head.send(connection, stream, 16_384, END_STREAM));
        Outcome outcome = send();
        assertThat(outcome.reason()).isEqualTo("bad-response");
        assertThat(outcome.mayHaveArrived()).isTrue();
        consumer.answers((connection, stream) -> connection.ok(stream));
        delivers(1);
    }

    @Test
    void aRefusalKeepsItsWishAndIsQuoted() {
        Block head = new Block()
                .field(":status", "503")
                .times(100, block -> block.field("link", "x".repeat(1024)))
                .field("retry-after", "7");
        consumer.answers((connection, stream) -> {
            head.send(connection, stream, 16_384, 0);
            connection.frame(DATA, END_STREAM, stream, 'b', 'u', 's', 'y');
        });
        assertThat(send())
                .isEqualTo(new Outcome.Rejected(
                        503, Optional.of(Duration.ofSeconds(7)), "The consumer answered 503: busy"));
    }

    @Test
    void aRefusalWithoutEndKeepsItsWish() {
        Block head = new Block()
                .field(":status", "429")
                .field("retry-after", "7")
                .times(900, block -> block.field("link", "x".repeat(1024)));
        consumer.answers((connection, stream) -> head.send(connection, stream, 16_384, 0));
        Outcome outcome = send();
        assertThat(outcome.reason()).isEqualTo("status-429");
        assertThat(outcome.retryHint()).isEqualTo(Optional.of(Duration.ofSeconds(7)));
    }

    /** What one head put into the table, the next ones use. */
    @Test
    void theTableStaysInStep() {
        int[] calls = {0};
        consumer.answers((connection, stream) -> {
            Block head =
                    calls[0]++ == 0 ? new Block().add(0x08, 3, '1', '0', '3').indexed("retry-after", "5") : new Block();
            if (calls[0] == 1) {
                head.send(connection, stream, 7, 0);
                head = new Block();
            }
            head.add(0x08, 3, '4', '2', '9').add(FIRST_OF_TABLE).send(connection, stream, 3, END_STREAM);
        });
        for (int i = 0; i < 3; i++) {
            assertThat(send().retryHint()).isEqualTo(Optional.of(Duration.ofSeconds(5)));
        }
        assertThat(consumer.connections()).isEqualTo(1);
    }

    @Test
    void tablesThatShrink() {
        consumer.answers((connection, stream) ->
                new Block().add(0x20, 0x3f, 0xe1, 0x1f, STATUS_200).send(connection, stream, 2, END_STREAM));
        delivers(2);
        assertThat(consumer.connections()).isEqualTo(1);
    }

    @Test
    void paddingAndPriorityAreNoFields() {
        consumer.answers((connection, stream) -> {
            int[] payload = new int[1 + 5 + 1 + 10];
            Arrays.fill(payload, 0xff);
            payload[0] = 10;
            payload[6] = STATUS_200;
            connection.frame(HEADERS, END_HEADERS | END_STREAM | PADDED | 0x20, stream, payload);
        });
        delivers(2);
        assertThat(consumer.connections()).isEqualTo(1);
    }

    @Test
    void aFrameThatIsShorterThanItsPaddingEndsTheConnection() {
        consumer.answers((connection, stream) ->
                connection.frame(HEADERS, END_HEADERS | END_STREAM | PADDED, stream, 5, STATUS_200));
        assertThat(send().reason()).isEqualTo("bad-response");
        consumer.answers((connection, stream) -> connection.frame(HEADERS, END_HEADERS | PADDED | 0x20, stream, 5, 0));
        assertThat(send().reason()).isEqualTo("bad-response");
    }

    private void delivers(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(send()).isEqualTo(DELIVERED);
        }
    }

    private Outcome send() {
        return Clients.send(client, new Call(consumer.url(), Map.of(), Clients.BODY, Clients.LONG));
    }
}
