package org.webhookbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A relay of TCP that does as haproxy and a Service of Kubernetes do: it asks each node now and then whether it is ready, and gives a
 * new connection to one that was. A node that no longer is keeps its connections. Thread-safe.
 */
public final class Balancer implements AutoCloseable {
    private static final Duration BETWEEN_CHECKS = Duration.ofMillis(200);
    /** Checks in a row that fail before a node gets no more connections. */
    private static final int FALL = 2;

    private static final class Node {
        private final int port;
        private final HttpRequest check;
        private volatile int failed = FALL;

        private Node(BrokerProcess broker) {
            port = broker.port();
            check = HttpRequest.newBuilder(URI.create(broker.adminUrl() + "/ready"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
        }

        private boolean isReady() {
            return failed < FALL;
        }
    }

    private final ServerSocket listener;
    private final ScheduledExecutorService checks = Executors.newSingleThreadScheduledExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Node> nodes = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turn = new AtomicInteger();

    private Balancer(ServerSocket listener) {
        this.listener = listener;
    }

    public static Balancer start() {
        try {
            Balancer balancer = new Balancer(new ServerSocket(0, 256, InetAddress.getLoopbackAddress()));
            Future<?> unused = balancer.checks.scheduleWithFixedDelay(
                    () -> balancer.nodes.forEach(balancer::check), 0, BETWEEN_CHECKS.toMillis(), TimeUnit.MILLISECONDS);
            run(balancer::accept);
            return balancer;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    public void add(BrokerProcess broker) {
        nodes.add(new Node(broker));
    }

    /** Once its process has ended. */
    public void remove(BrokerProcess broker) {
        nodes.removeIf(node -> node.port == broker.port());
    }

    /** How many get new connections. */
    public long ready() {
        return nodes.stream().filter(Node::isReady).count();
    }

    private void check(Node node) {
        boolean isReady = false;
        try {
            isReady = http.send(node.check, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notThere) {
            // As good as not ready.
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        node.failed = isReady ? 0 : node.failed + 1;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                open.add(near);
                run(() -> connect(near));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket near) {
        Iterator<Node> ready = nodes.stream()
                .filter(Node::isReady)
                .skip(turn.getAndIncrement() % Math.max(1, ready()))
                .iterator();
        try {
            if (!ready.hasNext()) {
                throw new IOException("No node is ready");
            }
            Socket far = new Socket(InetAddress.getLoopbackAddress(), ready.next().port);
            open.add(far);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            run(() -> relay(near, far));
            relay(far, near);
        } catch (IOException refused) {
            close(near);
        }
    }

    /** The end of one direction is passed on, and the other may go on. */
    private void relay(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
            if (from.isOutputShutdown()) {
                close(from);
                close(to);
            }
        } catch (IOException broken) {
            close(from);
            close(to);
        }
    }

    private void close(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(Runnable work) {
        Thread thread = new Thread(work, "balancer");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        checks.shutdownNow();
        listener.close();
        open.forEach(this::close);
    }
}
