package org.webhookbroker.outbound.http2;

import static org.webhookbroker.outbound.http2.Http2Fields.require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;

/**
 * Reads the heads of answers on one HTTP/2 connection, and passes on the few fields that matter to us. HttpCore (5.4.4) keeps a
 * head as it came, and all that is in it, until it ends, so that it can take small ones only; and it knows no status when anything
 * else in the head displeases it. Here all others are forgotten as they arrive, as over HTTP/1. What is passed on needs no table,
 * so that the connection has one, in {@link Http2Fields}. Used by one thread.
 */
final class Http2Heads {
    /** All heads of one call, as long as they would be over HTTP/1. */
    static final int MOST_BYTES = 256 << 10;

    private static final String STATUS = ":status";
    private static final Pattern STATUSES = Pattern.compile("[1-9][0-9]{2}");
    private static final Set<String> KEPT = Set.of(STATUS, "content-encoding", "date", "retry-after");
    /** Of one value, as over HTTP/1: none that means something is longer. */
    private static final int MAX_VALUE = 128;

    /** As a block of fields begins. */
    private static final byte NO_TABLE = 0x20;

    private static final byte NEW_NAME = 0;

    private final Http2Reader reader;
    private final Http2Fields fields = new Http2Fields(this::take);
    private final Map<String, String> kept = new LinkedHashMap<>();
    private boolean open;
    private int stream;
    private int flags;
    private boolean begun;
    private int bytes;

    Http2Heads(Http2Reader reader) {
        this.reader = reader;
    }

    /** A call begins. */
    void renew() {
        bytes = 0;
    }

    /** Whether a head has begun, and not ended. */
    boolean isOpen() {
        return open;
    }

    /**
     * HEADERS begin.
     *
     * @return how many bytes come before the fields
     */
    int open(int itsFlags, int itsStream) {
        open = true;
        flags = itsFlags;
        stream = itsStream;
        begun = false;
        return (isPadded() ? 1 : 0) + ((flags & Http2Frames.PRIORITY) == 0 ? 0 : 5);
    }

    private boolean isPadded() {
        return (flags & Http2Frames.PADDED) != 0;
    }

    /** @param before the bytes before the fields */
    int padding(ByteBuffer before) {
        return isPadded() ? before.get() & 0xff : 0;
    }

    /** What is wrong with a head, or too long, ends the connection; the status that it began with stands. */
    void read(ByteBuffer part) throws IOException {
        try {
            fields.read(part);
        } catch (H2ConnectionException e) {
            passOn(0);
            throw e;
        }
    }

    private void take(String name, String value) throws H2ConnectionException {
        if (name.equals(STATUS)) {
            boolean one = !begun && STATUSES.matcher(value).matches();
            if (!one) {
                kept.clear();
            }
            require(one, H2Error.PROTOCOL_ERROR, "A status is wrong");
        }
        begun = true;
        if (KEPT.contains(name) && value.chars().allMatch(each -> each >= ' ')) {
            kept.putIfAbsent(
                    name,
                    value.substring(0, Math.min(value.length(), MAX_VALUE)).strip());
        }
        bytes += name.length() + value.length() + 4;
        require(bytes <= MOST_BYTES, H2Error.ENHANCE_YOUR_CALM, "A head is too long");
    }

    /** The last frame of the head is over. */
    void end() throws IOException {
        open = false;
        passOn(flags & Http2Frames.END_STREAM);
        require(!fields.hasRest(), H2Error.COMPRESSION_ERROR, "A field has no end");
    }

    private void passOn(int more) throws IOException {
        ByteBuffer block =
                ByteBuffer.allocate(1 + KEPT.size() * (32 + MAX_VALUE)).put(NO_TABLE);
        kept.forEach((name, value) -> {
            string(block.put(NEW_NAME), name);
            string(block, value);
        });
        kept.clear();
        block.flip();
        ByteBuffer frame =
                Http2Frames.frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS | more, stream, block.remaining());
        reader.read(frame.put(block).flip());
    }

    /** Beyond 126, a length takes two bytes. */
    private static void string(ByteBuffer block, String text) {
        int length = text.length();
        if (length < 127) {
            block.put((byte) length);
        } else {
            block.put((byte) 127).put((byte) (length - 127));
        }
        text.chars().forEach(one -> block.put((byte) one));
    }
}
