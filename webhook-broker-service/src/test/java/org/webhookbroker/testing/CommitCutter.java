package org.webhookbroker.testing;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A proxy before MariaDB that breaks a connection at the {@code COMMIT} of a transaction of choice: before the server has seen
 * it, or after it was carried out but before its answer arrives. To the client both look the same. Thread-safe.
 */
public final class CommitCutter implements AutoCloseable {
    public enum When {
        BEFORE_THE_COMMIT,
        AFTER_THE_COMMIT
    }

    private record Order(String statement, When when) {}

    private static final int QUERY = 3;
    private static final int COMPARED = 1000;

    private final ServerSocket listener;
    private final URI target;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "commit-cutter");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Order> order = new AtomicReference<>();
    private final AtomicInteger cuts = new AtomicInteger();

    private CommitCutter(ServerSocket listener, URI target) {
        this.listener = listener;
        this.target = target;
    }

    public static CommitCutter start(MariaDbExtension mariaDb) {
        try {
            ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
            CommitCutter cutter =
                    new CommitCutter(listener, URI.create(mariaDb.jdbcUrl().substring("jdbc:".length())));
            cutter.threads.execute(cutter::accept);
            return cutter;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String jdbcUrl() {
        return "jdbc:mariadb://127.0.0.1:" + listener.getLocalPort() + target.getPath();
    }

    /** Cuts once: in the next transaction that sends a query with {@code statement} in it. */
    public void cutNext(String statement, When when) {
        order.set(new Order(statement, when));
    }

    public int cuts() {
        return cuts.get();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(CommitCutter::close);
        threads.shutdownNow();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Connection connection =
                        new Connection(listener.accept(), new Socket(target.getHost(), target.getPort()));
                threads.execute(connection::sendRequests);
                threads.execute(connection::sendAnswers);
            } catch (IOException e) {
                // Closed, or the database is away: the client notices.
            }
        }
    }

    private final class Connection {
        private final Socket client;
        private final Socket server;
        private volatile boolean answersAreLost;

        Connection(Socket client, Socket server) throws IOException {
            // A packet goes on in two writes. Without this the second one waits 40 ms for the answer to the first.
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            this.client = client;
            this.server = server;
            open.add(client);
            open.add(server);
        }

        /** A packet of the client has three bytes of length, one that numbers it, and the content. */
        void sendRequests() {
            try {
                DataInputStream in = new DataInputStream(client.getInputStream());
                OutputStream out = server.getOutputStream();
                boolean concerned = false;
                while (true) {
                    byte[] head = in.readNBytes(4);
                    if (head.length < 4) {
                        throw new EOFException();
                    }
                    byte[] content = in.readNBytes((head[0] & 255) | (head[1] & 255) << 8 | (head[2] & 255) << 16);
                    String query = head[3] == 0 ? query(content) : "";
                    Order now = order.get();
                    if (now != null && query.contains(now.statement())) {
                        concerned = true;
                    } else if (concerned && now != null && query.equals("COMMIT") && order.compareAndSet(now, null)) {
                        cuts.incrementAndGet();
                        if (now.when() == When.BEFORE_THE_COMMIT) {
                            throw new EOFException();
                        }
                        answersAreLost = true;
                    } else if (query.equals("COMMIT") || query.equals("ROLLBACK")) {
                        concerned = false;
                    }
                    out.write(head);
                    out.write(content);
                }
            } catch (IOException e) {
                end();
            }
        }

        void sendAnswers() {
            byte[] buffer = new byte[1 << 16];
            try {
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                for (int count = in.read(buffer); count >= 0 && !answersAreLost; count = in.read(buffer)) {
                    out.write(buffer, 0, count);
                }
            } catch (IOException e) {
                // One of them has gone.
            }
            end();
        }

        private void end() {
            CommitCutter.close(client);
            CommitCutter.close(server);
            open.remove(client);
            open.remove(server);
        }
    }

    private static String query(byte[] content) {
        boolean isQuery = content.length > 0 && content[0] == QUERY;
        return isQuery
                ? new String(content, 1, Math.min(COMPARED, content.length - 1), StandardCharsets.ISO_8859_1)
                : "";
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is going away.
        }
    }
}
