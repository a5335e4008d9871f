package org.webhookbroker.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** What a client of HTTP/2 sends, frame by frame (RFC 9113), for clients that no library would be. */
public final class Http2Frames {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The preface alone. */
    public static Http2Frames preface() {
        Http2Frames frames = new Http2Frames();
        frames.bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return frames;
    }

    /** For frames in the midst of a connection. */
    public static Http2Frames empty() {
        return new Http2Frames();
    }

    public Http2Frames frame(int type, int flags, int stream, byte[] body) {
        int[] head = {
            body.length >> 16,
            body.length >> 8,
            body.length,
            type,
            flags,
            stream >> 24,
            stream >> 16,
            stream >> 8,
            stream
        };
        for (int octet : head) {
            bytes.write(octet);
        }
        bytes.writeBytes(body);
        return this;
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }

    /** The block of a request head that needs only the static table. */
    public static byte[] head(boolean post, String path) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(post ? 0x83 : 0x82);
        head.write(0x86); // http
        head.write(0x04); // the path follows
        head.write(path.length());
        head.writeBytes(path.getBytes(StandardCharsets.US_ASCII));
        head.writeBytes(new byte[] {0x01, 1, 'b'}); // the authority
        return head.toByteArray();
    }

    /** Adds a field that no table has; both texts have less than 127 bytes. */
    public static void field(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        for (String text : new String[] {name, value}) {
            block.write(text.length());
            block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
