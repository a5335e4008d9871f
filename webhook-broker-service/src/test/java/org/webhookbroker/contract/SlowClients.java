package org.webhookbroker.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.List;
import org.webhookbroker.testing.Http2Frames;
import org.webhookbroker.testing.SlowSockets;
import org.webhookbroker.testing.Wire;

/** Clients that are slow with something that a request is made of. */
final class SlowClients implements AutoCloseable {
    /** What a connection begins with, and what it drips. */
    enum Kind {
        SILENT("", ""),
        HEAD("GET /producers HTTP/1.1\r\nHost: x\r\nX-", "a"),
        EMPTY_LINES("", "\r\n"),
        SECOND_HEAD("GET /channels HTTP/1.1\r\nHost: x\r\n\r\n", "G"),
        FORM(
                "PUT /producer/s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        + "Content-Length: 1000\r\n\r\nto",
                "a"),
        PAYLOAD(
                "POST /channel/c1/broadcast HTTP/1.1\r\nHost: x\r\nX-Broker-Channel-Token: ct\r\n"
                        + "X-Broker-Producer-ID: p1\r\nX-Broker-Producer-Token: pt\r\nContent-Length: 100000\r\n\r\nx",
                "a"),
        REFUSED_BODY("PUT /producer/s HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nto", "a"),
        PREFACE("PRI * HTTP/2.0\r\n\r\nS", ""),
        PREFACE_BIT_BY_BIT("PRI * HTTP/2.0\r\n\r\n", "S"),
        NO_SETTINGS(Http2Frames.preface().bytes(), ""),
        HALF_SETTINGS(new String(Http2Frames.preface().bytes(), ISO_8859_1) + "\0\0\6\4\0\0\0\0\0\0\4", ""),
        UPGRADE("""
                GET /channels HTTP/1.1\r
                Host: x\r
                Connection: Upgrade, HTTP2-Settings\r
                Upgrade: h2c\r
                HTTP2-Settings: AAMAAABkAAQAAP__\r
                \r
                """, ""),
        HALF_FRAME(new String(session().bytes(), ISO_8859_1) + "\0\0\4\10", ""),
        HALF_HEAD(
                session()
                        .frame(Http2Frames.HEADERS, 0, 1, new byte[] {(byte) 0x82})
                        .bytes(),
                ""),
        SESSION(session().bytes(), ""),
        CONTINUATION(
                session()
                        .frame(Http2Frames.HEADERS, 0, 1, new byte[] {(byte) 0x82})
                        .bytes(),
                Http2Frames.empty()
                        .frame(Http2Frames.CONTINUATION, 0, 1, new byte[] {(byte) 0x86})
                        .bytes()),
        STREAM_WITHOUT_DATA(
                session()
                        .frame(
                                Http2Frames.HEADERS,
                                Http2Frames.END_HEADERS,
                                1,
                                Http2Frames.head(true, "/channel/c1/consumer/k/dlq"))
                        .bytes(),
                "");

        private final String beginning;
        private final String drip;

        /** One character for each byte. */
        Kind(String beginning, String drip) {
            this.beginning = beginning;
            this.drip = drip;
        }

        /** Whether a request has come whose body is on its way. */
        boolean hasRequest() {
            return this == FORM || this == PAYLOAD || this == STREAM_WITHOUT_DATA;
        }

        /** Behind TLS the client must have asked for HTTP/2. */
        List<String> protocols() {
            return beginning.startsWith("PRI ") ? List.of("h2") : List.of("http/1.1");
        }

        Kind(byte[] beginning, String drip) {
            this(new String(beginning, ISO_8859_1), drip);
        }

        Kind(byte[] beginning, byte[] drip) {
            this(beginning, new String(drip, ISO_8859_1));
        }
    }

    private final Wire wire;
    private final Kind kind;
    private final SlowSockets sockets;

    SlowClients(Wire wire, Kind kind) {
        this.wire = wire;
        this.kind = kind;
        this.sockets = new SlowSockets(kind.drip.getBytes(ISO_8859_1));
    }

    private static Http2Frames session() {
        return Http2Frames.preface().frame(Http2Frames.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
    }

    /** @param from the loopback address that they have, such as {@code 127.0.0.2} */
    SlowClients open(int port, int count, String from) throws IOException {
        sockets.open(count, () -> wire.connect(port, from, 0, kind.protocols()), kind.beginning.getBytes(ISO_8859_1));
        return this;
    }

    /** As {@link SlowSockets#drip}. */
    int drip() throws IOException {
        return sockets.drip();
    }

    @Override
    public void close() {
        sockets.close();
    }
}
