package org.webhookbroker.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.webhookbroker.testing.Http2Frames;

/**
 * A connection with many requests under way, all from one thread: the next one is sent when one is answered. It does as little as HTTP/2 allows
 * (the JDK's client did 761 messages a second where h2load did 21,000).
 */
final class Http2Connection {
    private static final int GOAWAY = 7;
    private static final int ACK = 1;
    private static final int CREATED = 201;
    private static final int LARGEST_HEAD = 1 << 14;
    /** Room for all answers there will be. */
    private static final byte[] ROOM = {0x70, 0, 0, 0};

    private final byte[] head;
    private final byte[] body = Stage.BODY.getBytes(StandardCharsets.US_ASCII);
    private final int port;
    private final HpackDecoder heads = new HpackDecoder(LARGEST_HEAD, System::nanoTime);
    private final Histogram latency = new Histogram(3);
    private final Map<Integer, Long> sentAt = new HashMap<>();
    private DataInputStream in;
    private OutputStream out;
    /** Bytes that the server still takes, RFC 9113, 6.9.2. */
    private int window = 65_535;

    private int stream = -1;
    private long refused;
    private long cpuNanos;

    Http2Connection(int port, String path) {
        this.port = port;
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(Http2Frames.head(true, path));
        Http2Producers.headers().forEach((name, value) -> Http2Frames.field(block, name, value));
        this.head = block.toByteArray();
    }

    /** Microseconds until the answer, of all that were acknowledged. */
    Histogram latency() {
        return latency;
    }

    long refused() {
        return refused;
    }

    long cpuNanos() {
        return cpuNanos;
    }

    /** Returns once all are answered. */
    Void send(Duration length, int underWay) throws IOException, HpackException.SessionException {
        long end = System.nanoTime() + length.toNanos();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
            out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
            out.write(Http2Frames.preface()
                    .frame(Http2Frames.SETTINGS, 0, 0, new byte[0])
                    .frame(Http2Frames.WINDOW_UPDATE, 0, 0, ROOM)
                    .bytes());
            while (System.nanoTime() < end || !sentAt.isEmpty()) {
                while (sentAt.size() < underWay && window >= body.length && System.nanoTime() < end) {
                    sendOne();
                }
                if (in.available() == 0) {
                    out.flush();
                }
                readFrame();
            }
        }
        cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        return null;
    }

    private void sendOne() throws IOException {
        stream += 2;
        window -= body.length;
        sentAt.put(stream, System.nanoTime());
        out.write(Http2Frames.empty()
                .frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS, stream, head)
                .frame(Http2Frames.DATA, Http2Frames.END_STREAM, stream, body)
                .bytes());
    }

    private void readFrame() throws IOException, HpackException.SessionException {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int of = in.readInt();
        ByteBuffer content = ByteBuffer.wrap(in.readNBytes(length));
        switch (type) {
            case Http2Frames.HEADERS -> noteAnswer(of, content);
            case Http2Frames.RST_STREAM -> {
                refused += sentAt.remove(of) == null ? 0 : 1;
            }
            case Http2Frames.WINDOW_UPDATE -> window += of == 0 ? content.getInt() : 0;
            case GOAWAY -> throw new IOException("The broker closes the connection of a producer");
            case Http2Frames.SETTINGS -> acknowledge(flags);
            default -> {} // The body of an answer is of no interest, and a ping takes longer than we do.
        }
    }

    private void acknowledge(int flags) throws IOException {
        if (flags != ACK) {
            out.write(Http2Frames.empty()
                    .frame(Http2Frames.SETTINGS, ACK, 0, new byte[0])
                    .bytes());
        }
    }

    private void noteAnswer(int of, ByteBuffer block) throws HpackException.SessionException {
        long micros = (System.nanoTime() - sentAt.remove(of)) / 1000;
        try {
            if (((MetaData.Response) heads.decode(block)).getStatus() == CREATED) {
                latency.recordValue(micros);
                return;
            }
        } catch (HpackException.StreamException bad) {
            // No answer that anybody could read.
        }
        refused++;
    }
}
