package org.webhookbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A scripted webhook consumer: a real HTTP/1.1 server on the loopback with a thread for each connection. Answers 200 to
 * paths without a script, unless told otherwise. Thread-safe; {@link #close} ends every connection and thread.
 *
 * <pre>{@code
 * try (ConsumerServer consumer = ConsumerServer.start()) {
 *     consumer.on("/hook", Behavior.sequence(Behavior.status(503), Behavior.status(204)));
 *     ... deliver to consumer.url("/hook"), then look at consumer.requests("/hook")
 * }
 * }</pre>
 */
public final class ConsumerServer implements AutoCloseable {
    private final ServerSocket listener;
    private final ExecutorService threads;
    private final Map<String, Behavior> behaviors = new ConcurrentHashMap<>();
    private final Set<ConsumerConnection> open = ConcurrentHashMap.newKeySet();
    private final Queue<ReceivedRequest> requests = new ConcurrentLinkedQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean recording = true;
    private volatile boolean closed;
    private volatile @Nullable Behavior onConnect;
    private volatile Behavior otherwise = Behavior.status(200);

    private ConsumerServer(ServerSocket listener) {
        this.listener = listener;
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(null, task, "consumer-" + listener.getLocalPort(), 256 * 1024);
            thread.setDaemon(true);
            return thread;
        });
    }

    public static ConsumerServer start() {
        return startAt(0);
    }

    /** At a port that was seen to be free; 0 for any. */
    public static ConsumerServer startAt(int port) {
        try {
            ServerSocket listener = new ServerSocket(port, 1024, InetAddress.getLoopbackAddress());
            ConsumerServer server = new ConsumerServer(listener);
            server.threads.execute(server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    /** Scripts a path; the query of a request plays no part. */
    public ConsumerServer on(String path, Behavior behavior) {
        behaviors.put(path, behavior);
        return this;
    }

    /** What to do with requests to paths without a script. */
    public ConsumerServer otherwise(Behavior behavior) {
        otherwise = behavior;
        return this;
    }

    /** What to do with new connections before anything is read; the request passed is empty. */
    public ConsumerServer onConnect(Behavior behavior) {
        onConnect = behavior;
        return this;
    }

    /** For load: answers, but forgets what it was sent. */
    public ConsumerServer withoutRecording() {
        recording = false;
        return this;
    }

    /** All requests read so far, in order of arrival. */
    public List<ReceivedRequest> requests() {
        return List.copyOf(requests);
    }

    public List<ReceivedRequest> requests(String path) {
        return requests.stream().filter(request -> path(request).equals(path)).toList();
    }

    /** Connections accepted since the start. */
    public int connections() {
        return accepted.get();
    }

    public int openConnections() {
        return open.size();
    }

    /** Closes the connections that are open now, in good order; the server stays. */
    public void closeConnections() {
        open.forEach(ConsumerServer::close);
    }

    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        closeConnections();
        threads.shutdownNow();
    }

    private void accept() {
        while (!closed) {
            try {
                ConsumerConnection connection = new ConsumerConnection(listener.accept());
                accepted.incrementAndGet();
                open.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException | RuntimeException e) {
                // Closed, or the client was gone before it was accepted.
            }
        }
        closeConnections();
    }

    private void serve(ConsumerConnection connection) {
        try (connection) {
            Behavior first = onConnect;
            if (first != null) {
                first.answer(new ReceivedRequest("", "", List.of(), new byte[0]), connection);
            }
            while (connection.isOpen()) {
                ReceivedRequest request = connection.read();
                if (request == null) {
                    return;
                }
                if (recording) {
                    requests.add(request);
                }
                behaviors.getOrDefault(path(request), otherwise).answer(request, connection);
            }
        } catch (IOException e) {
            // The client or the server ended it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(connection);
        }
    }

    private static String path(ReceivedRequest request) {
        return request.path().replaceFirst("\\?.*", "");
    }

    private static void close(ConsumerConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // It is going away.
        }
    }
}
