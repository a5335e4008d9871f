package org.webhookbroker.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.jspecify.annotations.Nullable;

/**
 * A client of HTTP/2 by prior knowledge, with one request at a time, that leaves when it is told to (RFC 9113, 6.8): its next request
 * takes another connection, and so does one that the server says it has not processed. It tries nothing twice. Not for several threads at once.
 */
public final class Http2Client implements AutoCloseable {
    private static final int GOAWAY = 7;
    private static final int ACK = 1;
    private static final int LARGEST = 1 << 14;

    private final int port;
    private @Nullable Socket socket;
    private DataInputStream in;
    private HpackDecoder heads;
    private int stream;
    /** The last stream that the server processes; all while it says nothing. */
    private int lastProcessed;

    private boolean goesAway;
    private int status;

    public Http2Client(int port) {
        this.port = port;
    }

    /** The status of the answer. Names and values have less than 127 bytes. */
    public int post(String path, Map<String, String> fields, String body) throws IOException {
        while (true) {
            if (socket == null || isToldToLeave()) {
                connect();
            }
            stream += 2;
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            head.writeBytes(Http2Frames.head(true, path));
            fields.forEach((name, value) -> Http2Frames.field(head, name, value));
            try {
                send(Http2Frames.empty()
                        .frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS, stream, head.toByteArray())
                        .frame(
                                Http2Frames.DATA,
                                Http2Frames.END_STREAM,
                                stream,
                                body.getBytes(StandardCharsets.UTF_8)));
            } catch (IOException hungUp) {
                // What it has said before tells whether it took the request.
            }
            if (isAnswered()) {
                return status;
            }
        }
    }

    private void connect() throws IOException {
        close();
        Socket fresh = new Socket(InetAddress.getLoopbackAddress(), port);
        fresh.setTcpNoDelay(true);
        fresh.setSoTimeout(60_000);
        socket = fresh;
        in = new DataInputStream(fresh.getInputStream());
        heads = new HpackDecoder(LARGEST, System::nanoTime);
        stream = -1;
        lastProcessed = Integer.MAX_VALUE;
        goesAway = false;
        // Room for all answers there will be.
        send(Http2Frames.preface()
                .frame(Http2Frames.SETTINGS, 0, 0, new byte[0])
                .frame(Http2Frames.WINDOW_UPDATE, 0, 0, new byte[] {0x70, 0, 0, 0}));
    }

    private boolean isToldToLeave() throws IOException {
        while (!goesAway && in.available() > 0) {
            boolean unused = readFrame();
        }
        return goesAway;
    }

    /** False if the server has not processed the request. */
    private boolean isAnswered() throws IOException {
        while (stream <= lastProcessed) {
            if (readFrame()) {
                return true;
            }
        }
        return false;
    }

    /** True if it is the last of the answer. */
    private boolean readFrame() throws IOException {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int of = in.readInt();
        byte[] body = in.readNBytes(length);
        if (type == Http2Frames.SETTINGS && flags != ACK) {
            send(Http2Frames.empty().frame(Http2Frames.SETTINGS, ACK, 0, new byte[0]));
        } else if (type == GOAWAY) {
            goesAway = true;
            lastProcessed = ByteBuffer.wrap(body).getInt();
        } else if (type == Http2Frames.RST_STREAM) {
            throw new IOException("Stream " + of + " was reset");
        } else if (type == Http2Frames.HEADERS) {
            status = status(body);
        }
        boolean ofAnswer = type == Http2Frames.HEADERS || type == Http2Frames.DATA;
        return ofAnswer && of == stream && (flags & Http2Frames.END_STREAM) != 0;
    }

    private int status(byte[] head) throws IOException {
        try {
            return ((MetaData.Response) heads.decode(ByteBuffer.wrap(head))).getStatus();
        } catch (HpackException.SessionException | HpackException.StreamException bad) {
            throw new IOException(bad);
        }
    }

    private void send(Http2Frames frames) throws IOException {
        if (socket != null) {
            socket.getOutputStream().write(frames.bytes());
        }
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
        }
    }
}
