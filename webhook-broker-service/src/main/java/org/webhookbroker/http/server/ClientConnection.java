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
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** What the broker knows of a connection of a client, to judge whether it may stay. Thread-safe. */
final class ClientConnection {
    /** Whoever has one IPv6 address has all that begin with these bytes. */
    private static final int BYTES_OF_NETWORK = 8;

    private final Connection connection;
    private final String address;
    /** Requests whose head has come and whose answer has not ended. */
    private final AtomicInteger requests = new AtomicInteger();
    /** Those of them that are whole, and whose client is not waited for. */
    private final AtomicInteger whole = new AtomicInteger();
    /** The last time that it had a whole request, or that the body of one kept its pace. */
    private final AtomicLong restsSince = new AtomicLong(System.nanoTime());

    private final HeadWatch head = new HeadWatch();

    ClientConnection(Connection connection) {
        this.connection = connection;
        this.address = address(connection.getEndPoint().getRemoteSocketAddress());
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
        RequestUnderWay begun = new RequestUnderWay(this);
        begun.attachTo(request);
        Request.addCompletionListener(request, failure -> begun.end());
    }

    void begins() {
        requests.incrementAndGet();
    }

    void ended() {
        restsFrom(System.nanoTime());
        head.begins(connection.getBytesIn());
        requests.decrementAndGet();
    }

    /** One request more that is whole, or one less. */
    void changeWhole(int difference) {
        whole.addAndGet(difference);
    }

    void restsFrom(long nanos) {
        restsSince.accumulateAndGet(nanos, (one, other) -> one - other > 0 ? one : other);
    }

    /** Whether there is no whole request that would be lost with it. */
    boolean rests() {
        return whole.get() == 0;
    }

    long restsSince() {
        return restsSince.get();
    }

    String address() {
        return address;
    }

    /** What its {@code java.nio} channel is. */
    Object channel() {
        EndPoint endPoint = connection.getEndPoint();
        return endPoint instanceof EndPoint.Wrapper outer ? outer.unwrap().getTransport() : endPoint.getTransport();
    }

    /** Whether its handshake of TLS has not ended. */
    boolean isInHandshake() {
        TlsConnection tls = tls();
        return tls != null && !tls.isHandshaken();
    }

    private @Nullable TlsConnection tls() {
        return connection.getEndPoint() instanceof SslConnection.SslEndPoint inside
                        && inside.getSslConnection() instanceof TlsConnection tls
                ? tls
                : null;
    }

    /**
     * Whether a head drips, or has stopped half way, or what stands before a head in HTTP/2 or TLS. Asked by one thread, again and again.
     * What comes after half a frame cannot be read, so such a connection goes whatever else is under way on it.
     */
    boolean hasLateHead(long now, long deadline) {
        boolean between = requests.get() == 0;
        TlsConnection tls = tls();
        if (tls != null && tls.isLate(now, deadline, between)) {
            return true;
        }
        if (connection instanceof HTTP2Connection http2
                && http2.getSession().getParser() instanceof FrameWatch frames) {
            return frames.isLate(now, deadline, between);
        }
        return between && !isInHandshake() && head.isLate(connection.getBytesIn(), now, deadline);
    }

    /**
     * The server stops, and waits for connections. Jetty shortens their idle time once; a request that ends just then sets it back, and
     * the stop would wait for as long as it may.
     */
    void restAtMost(long millis) {
        if (requests.get() == 0) {
            connection.getEndPoint().setIdleTimeout(millis);
        }
    }

    void close(String why) {
        connection.getEndPoint().close(new TimeoutException(why));
    }

    /** How long the head of a request of HTTP/1 has been on its way, seen from the bytes that have come. For HTTP/2 see {@link FrameWatch}. */
    private static final class HeadWatch {
        private long bytesBefore;
        private boolean some;
        private long firstAt;

        /** The next head begins behind so many bytes. */
        synchronized void begins(long bytesIn) {
            bytesBefore = bytesIn;
            some = false;
        }

        synchronized boolean isLate(long bytesIn, long now, long deadline) {
            if (bytesIn == bytesBefore) {
                return false;
            }
            if (!some) {
                some = true;
                firstAt = now;
            }
            return now - firstAt > deadline;
        }
    }
}
