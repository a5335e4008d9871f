package org.webhookbroker.http.server;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;

/**
 * A connection behind TLS. It knows since when its client has been half way through its handshake, or through a record: of neither
 * does what is behind TLS see anything. Written by the thread that reads.
 */
final class TlsConnection extends SslConnection {
    private volatile boolean isHandshaken;
    private volatile boolean isHalfWay = true;
    private volatile long since = System.nanoTime();

    TlsConnection(SslConnectionFactory factory, Connector connector, EndPoint endPoint, SSLEngine engine) {
        super(
                connector.getByteBufferPool(),
                connector.getExecutor(),
                factory.getSslContextFactory(),
                endPoint,
                engine,
                factory.isDirectBuffersForEncryption(),
                factory.isDirectBuffersForDecryption());
        addHandshakeListener(new SslHandshakeListener() {
            @Override
            public void handshakeSucceeded(Event event) {
                isHalfWay = false;
                isHandshaken = true;
            }
        });
    }

    boolean isHandshaken() {
        return isHandshaken;
    }

    /** @param between whether no request is under way; while one is, its body has a pace of its own */
    boolean isLate(long now, long deadline, boolean between) {
        // In this order: it is begun last.
        return isHalfWay && now - since > deadline && (between || !isHandshaken);
    }

    @Override
    protected SSLEngineResult unwrap(SSLEngine engine, ByteBuffer input, ByteBuffer output) throws SSLException {
        if (!isHalfWay && input.hasRemaining()) {
            since = System.nanoTime();
            isHalfWay = true;
        }
        SSLEngineResult result = super.unwrap(engine, input, output);
        boolean isWhole = result.getStatus() != SSLEngineResult.Status.BUFFER_UNDERFLOW;
        if (isWhole && isHandshaken) {
            isHalfWay = false;
        }
        return result;
    }
}
