package org.webhookbroker.outbound.http2;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.hpack.HPackDecoder;
import org.apache.hc.core5.http2.hpack.HPackException;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks the fields of one HTTP/2 connection (RFC 7541) one by one as they arrive: HttpCore's decoder wants all at once, and trips
 * over numbers beyond 2^31. Used by one thread.
 */
final class Http2Fields {
    /** One field, packed; so much waits for its end. */
    private static final int LONGEST = 16 << 10;

    /** What every server may use before it has read our settings, and we want no other. */
    static final int TABLE = 4096;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** By ASCII it means that each byte is a character. */
    private final HPackDecoder decoder = new HPackDecoder(TABLE, US_ASCII);

    private final Http2Taker taker;
    /** Up to its position. */
    private ByteBuffer rest = NOTHING;

    Http2Fields(Http2Taker taker) {
        this.taker = taker;
    }

    /** Whether a field is not whole. */
    boolean hasRest() {
        return rest.position() > 0;
    }

    /** However small its pieces are, a byte is moved a few times at most (G6). */
    void read(ByteBuffer part) throws H2ConnectionException {
        while (part.hasRemaining()) {
            append(part);
            takeWhole();
        }
    }

    private void append(ByteBuffer part) throws H2ConnectionException {
        int more = Math.min(part.remaining(), LONGEST - rest.position());
        require(more > 0, H2Error.ENHANCE_YOUR_CALM, "A field is too long");
        int size = rest.position() + more;
        if (size > rest.capacity()) {
            rest = ByteBuffer.allocate(Math.max(size, Math.min(2 * rest.capacity(), LONGEST)))
                    .put(rest.duplicate().flip());
        }
        rest.put(part.slice().limit(more));
        part.position(part.position() + more);
    }

    private void takeWhole() throws H2ConnectionException {
        ByteBuffer bytes = rest.duplicate().flip();
        for (int end = end(bytes); end > 0; end = end(bytes)) {
            int limit = bytes.limit();
            Header field = unpack(bytes.limit(end));
            if (field != null) {
                taker.take(field.getName(), field.getValue());
            }
            bytes.limit(limit);
        }
        if (!bytes.hasRemaining()) {
            rest = NOTHING;
        } else if (bytes.position() > 0) {
            rest = bytes.compact();
        }
    }

    private @Nullable Header unpack(ByteBuffer field) throws H2ConnectionException {
        try {
            return decoder.decodeHeader(field);
        } catch (HPackException | RuntimeException e) {
            throw new H2ConnectionException(H2Error.COMPRESSION_ERROR, "A field cannot be unpacked");
        }
    }

    /** Where the first field ends; 0 if it is not whole. That is asked for each piece, and an exception would cost 3 KB each time. */
    private static int end(ByteBuffer bytes) throws H2ConnectionException {
        ByteBuffer field = bytes.duplicate();
        return skip(field) ? field.position() : 0;
    }

    private static boolean skip(ByteBuffer field) throws H2ConnectionException {
        int first = field.hasRemaining() ? field.get(field.position()) & 0xff : 0;
        if (first >= 0x80) {
            return number(field, 7) >= 0;
        }
        if (first >> 5 == 1) {
            return number(field, 5) >= 0;
        }
        int name = number(field, first >= 0x40 ? 6 : 4);
        return name >= 0 && (name > 0 || skipString(field)) && skipString(field);
    }

    private static boolean skipString(ByteBuffer field) throws H2ConnectionException {
        int length = number(field, 7);
        if (length < 0 || length > field.remaining()) {
            return false;
        }
        field.position(field.position() + length);
        return true;
    }

    /** None means something beyond the longest field; below 0 if it is not whole. */
    private static int number(ByteBuffer field, int bits) throws H2ConnectionException {
        if (!field.hasRemaining()) {
            return -1;
        }
        int most = (1 << bits) - 1;
        int value = field.get() & most;
        int next = value == most ? 0x80 : 0;
        for (int shift = 0; next >= 0x80; shift += 7) {
            require(shift <= 14, H2Error.ENHANCE_YOUR_CALM, "A number is too long");
            if (!field.hasRemaining()) {
                return -1;
            }
            next = field.get() & 0xff;
            value += (next & 0x7f) << shift;
        }
        require(value <= LONGEST, H2Error.ENHANCE_YOUR_CALM, "A field is too long");
        return value;
    }

    static void require(boolean met, H2Error error, String otherwise) throws H2ConnectionException {
        if (!met) {
            throw new H2ConnectionException(error, otherwise);
        }
    }
}
