package org.webhookbroker.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
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

    /** Accepts a tunnel, and then passes on whatever comes, both ways. */
    void tunnel(int port) throws IOException {
        try (Socket target = new Socket(InetAddress.getLoopbackAddress(), port)) {
            write("HTTP/1.1 200 Connected\r\n\r\n");
            Thread back = new Thread(() -> passBack(target));
            back.setDaemon(true);
            back.start();
            in.transferTo(target.getOutputStream());
        } finally {
            close();
        }
    }

    private void passBack(Socket target) {
        try (this) {
            target.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // One of the two has ended it.
        }
    }

    /** Asks the host of an absolute URL, and passes its answer on. */
    void forward(ReceivedRequest request) throws IOException {
        URI url = URI.create(request.path());
        try (ConsumerConnection target =
                new ConsumerConnection(new Socket(InetAddress.getLoopbackAddress(), url.getPort()))) {
            target.write(request.method() + " " + url.getRawPath() + " HTTP/1.1\r\n" + rest(request));
            ReceivedRequest answer = target.read(); // The first line of an answer has three parts too.
            if (answer == null) {
                throw new EOFException("No answer");
            }
            write("HTTP/1.1 " + answer.path() + " Status\r\n" + rest(answer));
        }
    }

    private static String rest(ReceivedRequest message) {
        StringBuilder rest = new StringBuilder();
        for (Map.Entry<String, String> header : message.headers()) {
            if (!header.getKey().equalsIgnoreCase("Proxy-Authorization")) {
                rest.append(header.getKey())
                        .append(": ")
                        .append(header.getValue())
                        .append("\r\n");
            }
        }
        return rest.append("\r\n")
                .append(new String(message.body(), StandardCharsets.ISO_8859_1))
                .toString();
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
