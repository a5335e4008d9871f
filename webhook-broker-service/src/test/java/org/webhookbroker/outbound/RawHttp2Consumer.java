package org.webhookbroker.outbound;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.ssl.SSLContexts;

/** A consumer that speaks HTTP/2 frame by frame, as its script says. */
public final class RawHttp2Consumer implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;

    private static final int PREFACE = 24;
    private static final char[] PASSWORD = "password".toCharArray();

    /** What to do on a connection when it has begun, or when a request is whole. */
    public interface Script {
        void run(Connection connection, int stream) throws IOException;
    }

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Integer> requests = new CopyOnWriteArrayList<>();
    private final List<Integer> received = new CopyOnWriteArrayList<>();
    private final List<SSLSocket> sockets = new CopyOnWriteArrayList<>();
    private final SSLServerSocket server;
    private volatile Script beginning = (connection, stream) -> connection.frame(SETTINGS, 0, 0);
    private volatile Script atHead = (connection, stream) -> {};
    private volatile Script answer = (connection, stream) -> connection.ok(stream);

    public RawHttp2Consumer() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(RawHttp2Consumer.class.getResourceAsStream("/localhost.p12"), PASSWORD);
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SSLParameters parameters = server.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        server.setSSLParameters(parameters);
        new Thread(this::accept, "raw-http2").start();
    }

    public static SSLContext trusting() throws Exception {
        return SSLContexts.custom()
                .loadTrustMaterial(RawHttp2Consumer.class.getResource("/localhost.p12"), PASSWORD)
                .build();
    }

    /** Instead of empty SETTINGS. */
    public void begins(Script script) {
        beginning = script;
    }

    /** When the head of a request is whole, before its body. */
    void onHead(Script script) {
        atHead = script;
    }

    /** Instead of a 200 without body. */
    public void answers(Script script) {
        answer = script;
    }

    public String url() {
        return "https://localhost:" + server.getLocalPort() + "/";
    }

    public int connections() {
        return connections.get();
    }

    /** The number of the connection of each whole request, the first being 1. */
    public List<Integer> requests() {
        return requests;
    }

    /** The types of all frames that came. */
    public List<Integer> received() {
        return received;
    }

    /** Connections that we have not closed. */
    int open() {
        return open.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                SSLSocket socket = (SSLSocket) server.accept();
                sockets.add(socket);
                int number = connections.incrementAndGet();
                open.incrementAndGet();
                new Thread(() -> serve(socket, number), "raw-http2-" + number).start();
            } catch (IOException e) {
                // Closed, which the loop sees.
            }
        }
    }

    private void serve(SSLSocket socket, int number) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Connection connection = new Connection(number, socket.getOutputStream());
            in.readNBytes(PREFACE);
            beginning.run(connection, 0);
            while (true) {
                int head = in.readInt();
                int flags = in.readByte();
                int stream = in.readInt();
                in.skipNBytes(head >>> 8);
                int type = head & 0xff;
                received.add(type);
                if (type == HEADERS) {
                    atHead.run(connection, stream);
                }
                if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
                    requests.add(number);
                    answer.run(connection, stream);
                } else if (type == SETTINGS && flags == 0) {
                    connection.frame(SETTINGS, ACK, 0);
                }
            }
        } catch (EOFException | UncheckedIOException e) {
            // The broker has closed it, or the script has.
        } catch (IOException e) {
            // So it was lost.
        } finally {
            open.decrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SSLSocket socket : sockets) {
            socket.close();
        }
    }

    /** @param number the first is 1 */
    public record Connection(int number, OutputStream out) {
        public void ok(int stream) throws IOException {
            frame(HEADERS, END_HEADERS | END_STREAM, stream, 0x88);
        }

        /** @param payload a byte each */
        public void frame(int type, int flags, int stream, int... payload) throws IOException {
            ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
            frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream);
            for (int one : payload) {
                frame.put((byte) one);
            }
            out.write(frame.array());
            out.flush();
        }

        /** Sends the same over and over, as fast as may be. */
        void fill(int bytes, Frames same) throws IOException {
            ByteArrayOutputStream once = new ByteArrayOutputStream();
            for (Connection batch = new Connection(number, once); once.size() < 60_000; ) {
                same.write(batch);
            }
            for (int done = 0; done < bytes; done += once.size()) {
                once.writeTo(out);
            }
        }

        interface Frames {
            void write(Connection connection) throws IOException;
        }

        /** @param error in four bytes */
        public void goAway(int last, int error) throws IOException {
            frame(GOAWAY, 0, 0, bytes(last, error));
        }

        public void setting(int id, int value) throws IOException {
            byte[] four = ByteBuffer.allocate(4).putInt(value).array();
            frame(SETTINGS, 0, 0, id >> 8, id, four[0], four[1], four[2], four[3]);
        }

        public void reset(int stream, int error) throws IOException {
            frame(RST_STREAM, 0, stream, bytes(error));
        }

        static int[] bytes(int... numbers) {
            int[] bytes = new int[numbers.length * 4];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = numbers[i / 4] >>> (24 - i % 4 * 8);
            }
            return bytes;
        }
    }
}
