package org.webhookbroker.http.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** What the broker knows of a connection of a client, to judge whether it may stay. Thread-safe. */
final class ClientConnection {
    private static final String ATTRIBUTE = "org.webhookbroker.connection";
    /** Whoever has one IPv6 address has all that begin with these bytes. */
    private static final int BYTES_OF_NETWORK = 8;

    private final Connection connection;
    private final String address;
    /** Requests whose head has come and whose answer has not ended. */
    private final AtomicInteger requests = new AtomicInteger();
    /** Those of them whose body, or a part of whose answer, is on its way. */
    private final AtomicInteger waiting = new AtomicInteger();
    /** The last time that it had a whole request, or that the body of one kept its pace. */
    private final AtomicLong restsSince = new AtomicLong(System.nanoTime());

    private final HeadWatch head = new HeadWatch();

    ClientConnection(Connection connection) {
        this.connection = connection;
        this.address = address(connection.getEndPoint().getRemoteSocketAddress());
    }

    /** Of the request, or null if the connections of its connector are not bounded. */
    static @Nullable ClientConnection of(Request request) {
        return request.getAttribute(ATTRIBUTE) instanceof ClientConnection connection ? connection : null;
    }

    private static String address(@Nullable SocketAddress whoever) {
        if (!(whoever instanceof InetSocketAddress remote)) {
            return "";
        }
        InetAddress ip = remote.getAddress();
        return ip instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(ip.getAddress(), BYTES_OF_NETWORK))
                : ip.getHostAddress();
    }

    /** From its head to the end of its answer. */
    void carries(Request request) {
        request.setAttribute(ATTRIBUTE, this);
        requests.incrementAndGet();
        Request.addCompletionListener(request, failure -> {
            restsFrom(System.nanoTime());
            head.begins(connection.getBytesIn());
            requests.decrementAndGet();
        });
    }

    /** The body of a request, or its answer, is on its way. */
    void waits() {
        waiting.incrementAndGet();
    }

    /** It is no longer. */
    void hasWholeRequest() {
        waiting.decrementAndGet();
    }

    void restsFrom(long nanos) {
        restsSince.accumulateAndGet(nanos, (one, other) -> one - other > 0 ? one : other);
    }

    /** Whether there is no whole request that would be lost with it. */
    boolean rests() {
        return requests.get() <= waiting.get();
    }

    long restsSince() {
        return restsSince.get();
    }

    String address() {
        return address;
    }

    /** What its {@code java.nio} channel is. */
    Object channel() {
        return connection.getEndPoint().getTransport();
    }

    /** Whether a head drips, or has stopped half way. Asked by one thread, again and again. */
    boolean hasLateHead(long now, long deadline) {
        boolean between = requests.get() == 0;
        return head.isLate(between, connection.getBytesIn(), now, deadline, connection instanceof HTTP2Connection);
    }

    /** A frame of HTTP/2 has come whole that belongs to no request. */
    void hadFrame() {
        head.begins(connection.getBytesIn());
    }

    void close(String why) {
        connection.getEndPoint().close(new TimeoutException(why));
    }
}
