package org.webhookbroker.outbound;

import java.util.concurrent.Future;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.nio.DefaultAsyncClientConnectionOperator;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.nio.AsyncConnectionEndpoint;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.outbound.http2.Http2Guard;

/** The connections of the pools; it tells an exchange when a new one is opened for it. Thread-safe. */
final class Connections extends PoolingAsyncClientConnectionManager {
    /** How connections are opened. */
    static final class Operator extends DefaultAsyncClientConnectionOperator {
        Operator(TlsStrategy tls, DnsResolver resolver) {
            super(
                    RegistryBuilder.<TlsStrategy>create().register("https", tls).build(),
                    DefaultSchemePortResolver.INSTANCE,
                    resolver);
        }
    }

    private final RoutePools pools;
    private final Http2Guard http2;
    private final OpenConnections open;
    private final RouteResolver routes;

    Connections(
            RoutePools pools,
            Operator operator,
            RouteResolver routes,
            Http2Guard http2,
            OpenConnections open,
            ConnectionConfig connectionConfig,
            TlsConfig tlsConfig) {
        super(pools, operator);
        this.pools = pools;
        this.http2 = http2;
        this.open = open;
        this.routes = routes;
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
        ConnectionInitiator guarded =
                http2.around(Http1Connection.on(open.counting(routes.judging(exchange, connectionInitiator))));
        Future<AsyncConnectionEndpoint> connecting =
                super.connect(endpoint, guarded, timeout, attachment, context, callback);
        exchange.connecting(connecting);
        return connecting;
    }

    /** Hosts, or proxies on the way to them, of which something is kept. */
    int routes() {
        return pools.count();
    }

    @Override
    public void release(AsyncConnectionEndpoint endpoint, @Nullable Object state, TimeValue keepAlive) {
        if (open.areTooMany(pools.count())) {
            endpoint.close(CloseMode.GRACEFUL);
        }
        super.release(endpoint, state, keepAlive);
    }
}
