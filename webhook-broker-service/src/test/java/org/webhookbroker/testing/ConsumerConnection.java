package org.webhookbroker.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection to a {@link ConsumerServer}; used by its own thread only, except {@link #close}. */
public final class ConsumerConnection implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final CountDownLatch closed = new CountDownLatch(1);

    ConsumerConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        socket.setTcpNoDelay(true);
    }

    /** Writes characters as ISO-8859-1 bytes. */
    public void write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Waits until the client closes or the server stops. */
    public void waitForEnd() throws IOException {
        while (in.read() >= 0) {
            // What a client sends after its request is of no interest.
        }
        close();
    }

    /** Waits; ends early with the server. */
    public void pause(Duration duration) throws IOException, InterruptedException {
        if (closed.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new EOFException("closed");
        }
    }

    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        close();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        socket.close();
    }

    boolean isOpen() {
        return !socket.isClosed();
    }

    /** The next request, or null at the end of the stream. */
    @Nullable
    ReceivedRequest read() throws IOException {
        String line = line();
        if (line == null) {
            return null;
        }
        String[] parts = line.split(" ", 3);
        if (parts.length < 3) {
            throw new IOException("Not HTTP: " + line);
        }
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (String header = required(); !header.isEmpty(); header = required()) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw new IOException("Not a header: " + header);
            }
            headers.add(Map.entry(
                    header.substring(0, colon), header.substring(colon + 1).strip()));
        }
        ReceivedRequest head = new ReceivedRequest(parts[0], parts[1], headers, new byte[0]);
        return new ReceivedRequest(parts[0], parts[1], List.copyOf(headers), body(head));
    }

    private byte[] body(ReceivedRequest head) throws IOException {
        String length = head.header("Content-Length");
        if (length != null) {
            return exactly(Integer.parseInt(length));
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if ("chunked".equalsIgnoreCase(head.header("Transfer-Encoding"))) {
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                body.write(exactly(size));
                required();
            }
            required();
        }
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(required().replaceFirst(";.*", ""), 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("The request ended in its body");
        }
        return bytes;
    }

    private String required() throws IOException {
        String line = line();
        if (line == null) {
            throw new EOFException("The request ended early");
        }
        return line;
    }

    private @Nullable String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                int end = line.length() - 1;
                return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
            }
            line.append((char) c);
        }
        return null;
    }
}
