package org.webhookbroker.outbound;

import java.util.concurrent.Future;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.nio.AsyncConnectionEndpoint;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.outbound.http2.Http2Guard;

/**
 * The connection pool; it tells an exchange when a new connection is opened for it. LAX keeps every host's connections
 * apart: no lock and no total that a hung host could hold against the others. Thread-safe.
 */
final class Connections extends PoolingAsyncClientConnectionManager {
    private final Http2Guard http2;
    private final OpenConnections open;

    Connections(
            TlsStrategy tlsStrategy,
            DnsResolver resolver,
            Http2Guard http2,
            OpenConnections open,
            ConnectionConfig connectionConfig,
            TlsConfig tlsConfig) {
        super(
                RegistryBuilder.<TlsStrategy>create()
                        .register("https", tlsStrategy)
                        .build(),
                PoolConcurrencyPolicy.LAX,
                PoolReusePolicy.LIFO,
                TimeValue.NEG_ONE_MILLISECOND,
                null,
                resolver);
        this.http2 = http2;
        this.open = open;
        setConnectionConfigResolver(route -> connectionConfig);
        setTlsConfigResolver(host -> tlsConfig);
    }

    @Override
    public Future<AsyncConnectionEndpoint> connect(
            AsyncConnectionEndpoint endpoint,
            ConnectionInitiator connectionInitiator,
            Timeout timeout,
            Object attachment,
            HttpContext context,
            FutureCallback<AsyncConnectionEndpoint> callback) {
        Exchange exchange = Exchange.of(context);
        exchange.connecting();
        ConnectionInitiator guarded = http2.around(Http1Connection.on(open.counting(connectionInitiator)));
        Future<AsyncConnectionEndpoint> connecting =
                super.connect(endpoint, guarded, timeout, attachment, context, callback);
        exchange.connecting(connecting);
        return connecting;
    }

    @Override
    public void release(AsyncConnectionEndpoint endpoint, @Nullable Object state, TimeValue keepAlive) {
        if (open.areTooMany()) {
            endpoint.close(CloseMode.GRACEFUL);
        }
        super.release(endpoint, state, keepAlive);
    }
}
