package org.webhookbroker.http.server;

import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the connections of a connector. One more takes the place of another. The address that has most connections without a whole
 * request gives one of these: one that is in its handshake of TLS, if it has any, otherwise the one that has been so for longest. Connections
 * of other addresses stay, even those in a handshake. So connections that send nothing, drip, or rest can never keep out one that asks for something, and a client with thousands of them loses its own (G6, G8). A reverse proxy, which has one address for
 * all its clients, may use the whole room. The head of a request has a deadline besides. Thread-safe.
 */
public final class ConnectionLimit extends AbstractLifeCycle
        implements Connection.Listener, SelectorManager.AcceptListener {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimit.class);
    private static final Duration LOOK = Duration.ofMillis(250);
    /** For heads while the server stops, which waits for all connections. */
    private static final Duration LAST_DEADLINE = Duration.ofSeconds(1);

    private static final Duration LOG_PAUSE = Duration.ofMinutes(1);
    /** So many go at once, so that not every new connection has to search all others. */
    private static final int SHARE_THAT_GOES = 64;

    private record Resting(ClientConnection connection, long nanos, boolean inHandshake) {}

    /** Of the heap, for a connection behind TLS: half a handshake takes up to 40 KiB. */
    private static final long BYTES_BEHIND_TLS = 128 << 10;

    private volatile int maxConnections;

    private final ServerConnector connector;
    private final Duration headDeadline;
    private final Map<EndPoint, ClientConnection> connections = new ConcurrentHashMap<>();
    /** Channels that were accepted and are not gone. */
    private final Set<Object> channels = new HashSet<>();
    /** Those of them that were closed here. */
    private final Set<Object> leaving = new HashSet<>();

    private @Nullable ClientConnection newest;
    private long loggedAt = System.nanoTime() - LOG_PAUSE.toNanos();

    /** @param headDeadline from the first byte of a head to its end */
    public ConnectionLimit(int maxConnections, ServerConnector connector, Duration headDeadline) {
        this.maxConnections = maxConnections;
        this.connector = connector;
        this.headDeadline = headDeadline;
    }

    /** The connection on which the request has come; null if it has gone meanwhile. */
    @Nullable
    ClientConnection of(Request request) {
        return connections.get(request.getConnectionMetaData().getConnection().getEndPoint());
    }

    @Override
    protected void doStart() {
        if (connector.getConnectionFactory(SslConnectionFactory.class) != null) {
            maxConnections = behindTls(maxConnections, Runtime.getRuntime().maxMemory());
        }
        lookLater();
    }

    /** How many there may be of so many, with a heap of so many bytes. */
    static int behindTls(int connections, long heap) {
        return (int) Math.min(connections, heap / BYTES_BEHIND_TLS);
    }

    private void lookLater() {
        Scheduler.Task unused = connector.getScheduler().schedule(this::look, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            long now = System.nanoTime();
            long deadline = connector.isShutdown() ? LAST_DEADLINE.toNanos() : headDeadline.toNanos();
            connections.values().stream()
                    .filter(each -> each.hasLateHead(now, deadline))
                    .forEach(each -> close(each, "The head of a request did not arrive in time"));
            if (connector.isShutdown()) {
                connections.values().forEach(each -> each.restAtMost(connector.getShutdownIdleTimeout()));
            }
            makeRoom();
        } catch (RuntimeException failure) {
            LOG.warn("Cannot look after the connections of clients", failure);
        } finally {
            if (isRunning()) {
                lookLater();
            }
        }
    }

    /** Behind TLS the connection that is inside opens too, and counts. */
    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof SslConnection) {
            return;
        }
        ClientConnection opened = new ClientConnection(connection);
        connections.put(connection.getEndPoint(), opened);
        synchronized (this) {
            newest = opened;
        }
        makeRoom();
    }

    /** A connection that is upgraded closes before its successor opens, at the same end point. */
    @Override
    public void onClosed(Connection connection) {
        connections.remove(connection.getEndPoint());
    }

    @Override
    public void onAccepting(SelectableChannel channel) {
        synchronized (this) {
            channels.add(channel);
        }
        makeRoom();
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
        onClosed(channel);
    }

    @Override
    public void onClosed(SelectableChannel channel) {
        synchronized (this) {
            channels.remove(channel);
            leaving.remove(channel);
        }
        makeRoom();
    }

    private void makeRoom() {
        List<ClientConnection> victims;
        synchronized (this) {
            // Not by those that were accepted: until they are open too, only others could make room for them.
            int tooMany = connections.size() - leaving.size() - maxConnections;
            victims = tooMany <= 0 ? List.of() : longestAtRest(tooMany + maxConnections / SHARE_THAT_GOES);
            victims.forEach(each -> leaving.add(each.channel()));
            log(victims.size());
            // One more than there may be is taken in, since only then is it known that room is wanted.
            boolean accepting = channels.size() <= maxConnections;
            if (connector.isAccepting() != accepting) {
                connector.setAccepting(accepting);
            }
        }
        victims.forEach(each -> close(each, "There are too many connections, and this one has no whole request"));
    }

    private List<ClientConnection> longestAtRest(int wanted) {
        long now = System.nanoTime();
        Map<String, ArrayDeque<ClientConnection>> byAddress = connections.values().stream()
                .filter(each -> each != newest && each.rests())
                .filter(each -> channels.contains(each.channel()) && !leaving.contains(each.channel()))
                // As of now: a sort fails when its order changes.
                .map(each -> new Resting(each, now - each.restsSince(), each.isInHandshake()))
                .sorted(Comparator.comparing(Resting::inHandshake)
                        .thenComparingLong(Resting::nanos)
                        .reversed())
                .map(Resting::connection)
                .collect(Collectors.groupingBy(ClientConnection::address, Collectors.toCollection(ArrayDeque::new)));
        List<ClientConnection> found = new ArrayList<>();
        while (found.size() < wanted) {
            ArrayDeque<ClientConnection> most = byAddress.values().stream()
                    .max(Comparator.comparingInt(ArrayDeque::size))
                    .orElseGet(ArrayDeque::new);
            if (most.isEmpty()) {
                return found;
            }
            found.add(most.removeFirst());
        }
        return found;
    }

    private void log(int closed) {
        long now = System.nanoTime();
        if (closed > 0 && now - loggedAt >= LOG_PAUSE.toNanos()) {
            loggedAt = now;
            LOG.warn(
                    "There are {} connections, as many as may be: those without a whole request make room for new ones",
                    maxConnections);
        }
    }

    private static void close(ClientConnection connection, String why) {
        try {
            connection.close(why);
        } catch (RuntimeException failure) {
            LOG.debug("Cannot close a connection", failure);
        }
    }
}
