package org.webhookbroker.outbound.http2;

import static org.webhookbroker.outbound.http2.Http2Fields.require;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.core5.http2.H2Error;

/**
 * Reads what comes on one HTTP/2 connection before HttpCore (5.4.4) does, and passes on what that one understands: it ends a
 * connection with a NullPointerException for a frame of a type that it does not know, and takes unknown flags for padding and
 * reserved bits for numbers. All these are to be ignored (RFC 9113, 4.1, 5.5). Of heads it gets what {@link Http2Heads} keeps.
 *
 * <p>By GOAWAY a server says which requests it has not processed, and that it takes no more (6.8). HttpCore lets the excluded
 * ones wait for ever, and fails the included ones if there is an error beside. Here the excluded one is refused (8.7), and the
 * included one may end. A server whose limit of streams is zero is taken for one that goes away. Used by one thread.
 */
final class Http2Frames {
    private interface Step {
        void run() throws IOException;
    }

    static final int HEAD = 9;
    private static final int DATA = 0;
    static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PUSH_PROMISE = 5;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    private static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int PRIORITY = 0x20;
    /** By type of frame, the flags that it can have. */
    private static final int[] FLAGS = {0x09, 0x2d, 0, 0, ACK, 0x0c, ACK, 0, 0, END_HEADERS};

    private static final int NO_ERROR = 0;
    private static final int REFUSED_STREAM = 7;
    private static final int UNRESERVED = Integer.MAX_VALUE;

    private final Http2Reader reader;
    private final Http2Settings settings = new Http2Settings();
    private final Http2Allowance allowance = new Http2Allowance();
    private final Http2Heads heads;
    /** Gathers the few bytes that are understood together. */
    private final ByteBuffer piece = ByteBuffer.allocate(HEAD);

    private Step whenWhole = this::head;
    private int opened;
    private int type;
    private int flags;
    private int stream;
    private int headStream;
    private int length;
    /** Bytes of the payload that are neither passed on nor dropped yet. */
    private int left;

    /** Of these, the last. */
    private int padding;

    private boolean dropped;

    Http2Frames(Http2Reader reader) {
        this.reader = reader;
        this.heads = new Http2Heads(reader);
    }

    /** We have made a request. There is one at a time on a connection of ours. */
    void opened(int stream) {
        opened = stream;
        allowance.renew();
        heads.renew();
    }

    /** A frame of ours goes out. */
    void sent(int type, int flags) {
        if (isAnswered(type) && (flags & ACK) != 0) {
            allowance.answered();
        }
    }

    /** Reads all of it. */
    void read(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            if (piece.hasRemaining()) {
                piece.put(take(source, piece.remaining()));
                if (!piece.hasRemaining()) {
                    piece.flip();
                    whenWhole.run();
                }
            } else {
                boolean matters = left > padding && !dropped;
                ByteBuffer part = take(source, left > padding ? left - padding : left);
                left -= part.remaining();
                if (matters && heads.isOpen()) {
                    heads.read(part);
                } else if (matters) {
                    reader.read(part);
                }
                endIfWhole();
            }
        }
    }

    private static ByteBuffer take(ByteBuffer source, int most) {
        int size = Math.min(most, source.remaining());
        ByteBuffer part = source.slice(source.position(), size);
        source.position(source.position() + size);
        return part;
    }

    private void head() throws IOException {
        int lengthAndType = piece.getInt();
        length = lengthAndType >>> 8;
        type = lengthAndType & 0xff;
        flags = piece.get();
        stream = piece.getInt() & UNRESERVED;
        left = length;
        boolean body = type == DATA && (flags & PADDED) == 0; // Its bytes are counted elsewhere.
        allowance.take(body ? HEAD : HEAD + length);
        if (heads.isOpen()) {
            boolean fits = type == CONTINUATION && stream == headStream;
            require(fits, H2Error.PROTOCOL_ERROR, "A frame came within a head"); // RFC 9113, 5.5
            flags &= FLAGS[type];
            endIfWhole();
        } else if (type >= FLAGS.length) {
            dropped = true;
            endIfWhole();
        } else {
            flags &= FLAGS[type];
            known();
        }
    }

    private void known() throws IOException {
        if (isAnswered(type) && flags != ACK) {
            allowance.asked();
        }
        require(type != PUSH_PROMISE, H2Error.PROTOCOL_ERROR, "We take no pushes"); // RFC 9113, 8.4
        if (type == HEADERS) {
            headStream = stream;
            int before = heads.open(flags, stream);
            require(before <= length, H2Error.FRAME_SIZE_ERROR, "A frame is too short");
            left -= before;
            expect(before, this::fields);
        } else if (type == SETTINGS && flags != ACK && length > 0 && length % Http2Settings.SIZE == 0) {
            expect(Http2Settings.SIZE, this::setting);
        } else if (type == GOAWAY && length >= 8) {
            expect(8, this::goAway);
        } else if (type == WINDOW_UPDATE && length == 4) {
            expect(4, this::windowUpdate);
        } else {
            pass();
        }
    }

    private void fields() throws IOException {
        padding = heads.padding(piece);
        piece.position(piece.limit());
        require(padding <= left, H2Error.PROTOCOL_ERROR, "A frame is shorter than its padding");
        endIfWhole();
    }

    private static boolean isAnswered(int type) {
        return type == SETTINGS || type == PING;
    }

    private void setting() throws IOException {
        left -= Http2Settings.SIZE;
        settings.put(piece.getShort() & 0xffff, piece.getInt());
        if (left > 0) {
            expect(Http2Settings.SIZE, this::setting);
            return;
        }
        ByteBuffer frame = frame(SETTINGS, flags, stream, settings.length());
        settings.write(frame);
        emit(frame);
        if (!settings.takesStreams()) {
            emit(frame(GOAWAY, 0, 0, 8).putInt(UNRESERVED).putInt(NO_ERROR));
        }
        endIfWhole();
    }

    private void goAway() throws IOException {
        left -= 8;
        int last = piece.getInt() & UNRESERVED;
        piece.getInt();
        if (last < opened) {
            emit(frame(RST_STREAM, 0, opened, 4).putInt(REFUSED_STREAM));
        }
        // A frame of the same length whose debug data follow.
        emit(head(ByteBuffer.allocate(HEAD + 8), type, flags, stream, length)
                .putInt(last)
                .putInt(NO_ERROR));
        endIfWhole();
    }

    private void windowUpdate() throws IOException {
        left = 0;
        emit(frame(type, flags, stream, 4).putInt(piece.getInt() & UNRESERVED));
        endIfWhole();
    }

    private void pass() throws IOException {
        emit(head(ByteBuffer.allocate(HEAD), type, flags, stream, length));
        endIfWhole();
    }

    private void emit(ByteBuffer bytes) throws IOException {
        reader.read(bytes.flip());
    }

    static ByteBuffer frame(int type, int flags, int stream, int length) {
        return head(ByteBuffer.allocate(HEAD + length), type, flags, stream, length);
    }

    private static ByteBuffer head(ByteBuffer frame, int type, int flags, int stream, int length) {
        return frame.putInt(length << 8 | type).put((byte) flags).putInt(stream);
    }

    private void endIfWhole() throws IOException {
        if (left == 0) {
            dropped = false;
            padding = 0;
            if (heads.isOpen() && (flags & END_HEADERS) != 0) {
                heads.end();
            }
            expect(HEAD, this::head);
        }
    }

    private void expect(int bytes, Step then) throws IOException {
        piece.clear().limit(bytes);
        whenWhole = then;
        if (bytes == 0) {
            then.run();
        }
    }
}
