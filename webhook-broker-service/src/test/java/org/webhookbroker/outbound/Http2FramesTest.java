package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.webhookbroker.outbound.RawHttp2Consumer.ACK;
import static org.webhookbroker.outbound.RawHttp2Consumer.CONTINUATION;
import static org.webhookbroker.outbound.RawHttp2Consumer.DATA;
import static org.webhookbroker.outbound.RawHttp2Consumer.END_HEADERS;
import static org.webhookbroker.outbound.RawHttp2Consumer.END_STREAM;
import static org.webhookbroker.outbound.RawHttp2Consumer.HEADERS;
import static org.webhookbroker.outbound.RawHttp2Consumer.PADDED;
import static org.webhookbroker.outbound.RawHttp2Consumer.PING;
import static org.webhookbroker.outbound.RawHttp2Consumer.SETTINGS;
import static org.webhookbroker.outbound.RawHttp2Consumer.WINDOW_UPDATE;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a consumer may send by HTTP/2 and we ignore (RFC 9113, 4.1, 5.5). */
class Http2FramesTest {
    private static final int ALTSVC = 0x0a;
    private static final int ORIGIN = 0x0c;
    private static final int PRIORITY_UPDATE = 0x10;
    private static final int RESERVED_BIT = 1 << 31;

    private final RawHttp2Consumer consumer = new RawHttp2Consumer();
    private final WebhookClient client = new OutboundFactory()
            .build(
                    Clock.systemUTC(),
                    host -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                    RawHttp2Consumer.trusting());

    Http2FramesTest() throws Exception {}

    @AfterEach
    void close() throws IOException {
        client.close();
        consumer.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {ALTSVC, 0x0b, ORIGIN, 0x0d, 0x0e, PRIORITY_UPDATE, 0x21, 0x7f, 0x80, 0xff})
    void framesOfUnknownTypes(int type) {
        consumer.begins((connection, stream) -> {
            connection.frame(SETTINGS, 0, 0);
            connection.frame(type, 0xff, 0, 1, 2, 3);
        });
        consumer.answers((connection, stream) -> {
            connection.frame(type, 0, 0);
            connection.frame(type, END_STREAM | END_HEADERS, stream);
            connection.frame(type, PADDED, stream, 0xff);
            connection.frame(type, 0, stream + 100, new int[16_384]);
            connection.frame(HEADERS, END_HEADERS, stream, 0x88);
            connection.frame(type, 0, stream, 1);
            connection.frame(DATA, 0, stream, 'o');
            connection.frame(type, 0, 0, new int[60_000]);
            connection.frame(DATA, END_STREAM, stream, 'k');
            connection.frame(type, 0, stream, 1, 2, 3, 4);
            connection.frame(type, 0xff, 0);
        });
        delivers(3);
        assertThat(consumer.connections()).isEqualTo(1);
    }

    @Test
    void framesOfUnknownTypesInPieces() {
        consumer.answers((connection, stream) -> {
            for (int one :
                    new int[] {0, 0, 3, ALTSVC, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 1, HEADERS, 5, 0, 0, 0, stream, 0x88}) {
                connection.out().write(one);
                connection.out().flush();
            }
        });
        delivers(2);
    }

    @Test
    void unknownFlags() {
        consumer.begins((connection, stream) -> {
            connection.frame(SETTINGS, 0xfe, 0, 0, 3, 0, 0, 0, 100);
            connection.frame(WINDOW_UPDATE, 0xff, 0, 0, 0, 1, 0);
        });
        consumer.answers((connection, stream) -> {
            connection.frame(PING, 0xfe, 0, 0xff, 2, 3, 4, 5, 6, 7, 8);
            connection.frame(PING, ACK | PADDED, 0, 9, 2, 3, 4, 5, 6, 7, 8);
            connection.frame(2, 0xff, stream, 0, 0, 0, 0, 16);
            connection.frame(HEADERS, END_HEADERS | 0xd2, stream, 0x88);
            connection.frame(DATA, 0xf6, stream, 9, 9, 9);
            connection.frame(DATA, 0xf6 | END_STREAM, stream);
        });
        delivers(2);
        assertThat(consumer.received()).contains(PING).doesNotContain(7);
    }

    @Test
    void unknownFlagsOfAFieldBlockInPieces() {
        consumer.answers((connection, stream) -> {
            connection.frame(HEADERS, 0xd2 | END_STREAM, stream, 0x88);
            connection.frame(CONTINUATION, 0xfb, stream);
            connection.frame(CONTINUATION, 0xff, stream);
        });
        delivers(2);
    }

    @Test
    void paddingIsStillPadding() {
        consumer.answers((connection, stream) -> {
            int[] padded = new int[257];
            padded[0] = 255;
            padded[1] = 0x88;
            connection.frame(HEADERS, END_HEADERS | PADDED, stream, padded);
            padded[1] = 'x';
            connection.frame(DATA, END_STREAM | PADDED, stream, padded);
        });
        delivers(2);
    }

    @Test
    void reservedBits() {
        consumer.begins((connection, stream) -> {
            connection.frame(SETTINGS, 0, RESERVED_BIT);
            connection.frame(WINDOW_UPDATE, 0, RESERVED_BIT, 0x80, 0, 1, 0);
        });
        consumer.answers((connection, stream) -> {
            connection.frame(WINDOW_UPDATE, 0, stream, 0x80, 0, 1, 0);
            connection.ok(stream | RESERVED_BIT);
        });
        delivers(2);
    }

    @Test
    void unknownSettings() {
        consumer.begins((connection, stream) -> {
            connection.frame(
                    SETTINGS, 0, 0, 0xff, 0xff, 1, 2, 3, 4, 0x0a, 0x0a, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 8,
                    0, 0, 0, 1, 0, 3, 0, 0, 0, 100);
        });
        delivers(2);
    }

    /** Between HEADERS and CONTINUATION nothing else may come (RFC 9113, 5.5, 6.10). */
    @Test
    void anUnknownFrameWithinAFieldBlockEndsTheConnection() {
        consumer.answers((connection, stream) -> {
            connection.frame(HEADERS, END_STREAM, stream, 0x88);
            connection.frame(ALTSVC, 0, 0);
            connection.frame(CONTINUATION, END_HEADERS, stream);
        });
        Outcome outcome = send();
        assertThat(outcome.delivered()).isFalse();
        assertThat(outcome.mayHaveArrived()).isTrue();
        assertThat(outcome.attempted()).isTrue();
    }

    /** As over HTTP/1, where the rest of a long value is forgotten. */
    @Test
    void ofAValueTheFirst128CharactersCount() {
        int[] head = new int[5 + 4 + 129];
        int[] statusAndName = {8, 3, '4', '2', '9', 0x0f, 53 - 15, 127, 129 - 127};
        Arrays.fill(head, '0');
        System.arraycopy(statusAndName, 0, head, 0, statusAndName.length);
        head[head.length - 1] = '9';
        consumer.answers((connection, stream) -> connection.frame(HEADERS, END_HEADERS | END_STREAM, stream, head));
        assertThat(send())
                .isEqualTo(new Outcome.Rejected(429, Optional.of(Duration.ZERO), "The consumer answered 429"));
    }

    private void delivers(int times) {
        for (int i = 1; i <= times; i++) {
            assertThat(send()).isEqualTo(new Outcome.Delivered(200));
            assertThat(consumer.requests()).hasSize(i);
        }
    }

    private Outcome send() {
        return Clients.send(client, new Call(consumer.url(), Map.of(), Clients.BODY, Clients.LONG));
    }
}
