package org.webhookbroker.outbound;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Clock;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.hc.client5.http.ConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.outbound.address.AddressGuard;
import org.webhookbroker.outbound.address.HostResolver;
import org.webhookbroker.outbound.address.LookupTurns;
import org.webhookbroker.outbound.address.OwnListeners;
import org.webhookbroker.outbound.http2.Http2Guard;
import org.webhookbroker.outbound.tls.TlsRules;

/** Puts a client together from its configuration. */
final class ClientBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(ClientBuilder.class);
    private static final RareLog UNEXPECTED = new RareLog(LOG, System::nanoTime);
    private static final int LOOKUP_THREADS = 64;

    /**
     * A connection that waits for its answer takes 14 KiB, with TLS 26 KiB (measured), and over HTTP/2 with half of an answer's head
     * up to 100 KiB. So calls take a tenth to three quarters of the heap at most, whatever the setting says (G8).
     */
    private static final int HEAP_PER_CALL = 128 << 10;

    private final OutboundFactory config;
    private final HostResolver.Lookup lookup;
    private final TlsRules tls;
    private final OwnListeners own;
    private LongSupplier nanoTime = System::nanoTime;

    ClientBuilder(OutboundFactory config, HostResolver.Lookup lookup, TlsRules tls, OwnListeners own) {
        this.config = config;
        this.lookup = lookup;
        this.tls = tls;
        this.own = own;
    }

    /** By which addresses of hosts grow old. */
    ClientBuilder by(LongSupplier time) {
        nanoTime = time;
        return this;
    }

    WebhookClient build(Clock clock) {
        ThreadPoolExecutor lookups = lookups();
        LookupTurns turns = new LookupTurns(LOOKUP_THREADS, lookups, nanoTime);
        AddressGuard guard = new AddressGuard(config.policy, config.deniedNetworks, config.allowedNetworks);
        RouteResolver routes = new RouteResolver(
                proxies(),
                new HostResolver(lookup, turns, nanoTime),
                new HostResolver(lookup, turns, nanoTime),
                guard,
                own);
        ExchangeContext.Limits limits = new ExchangeContext.Limits(
                Math.toIntExact(config.maxResponseBytes.toBytes()), config.drainTimeout.toJavaDuration());
        int calls = mostCalls(config.maxInFlight, Runtime.getRuntime().maxMemory());
        OpenConnections open = new OpenConnections(calls);
        Connections connections = connections(routes, open);
        CloseableHttpAsyncClient http = http(connections, open);
        http.start();
        ConnectionShares shares = new ConnectionShares(config.maxConnectionsPerRoute, calls);
        ExchangeContext shared = new ExchangeContext(http, clock, tls, limits);
        return new WebhookClient(shared, shares, connections, routes, lookups, config.userAgent);
    }

    static int mostCalls(int configured, long heap) {
        return (int) Math.max(1, Math.min(configured, heap / HEAP_PER_CALL));
    }

    private Proxies proxies() {
        Proxies proxies = new Proxies(config.httpProxy, config.httpsProxy, NoProxy.parse(config.noProxy));
        if (proxies.http() != null || proxies.https() != null) {
            LOG.info("Outbound proxies: {} for http, {} for https", proxies.http(), proxies.https());
        }
        return proxies;
    }

    private CloseableHttpAsyncClient http(Connections connections, OpenConnections open) {
        return HttpAsyncClients.custom()
                .setConnectionManager(connections)
                .setRoutePlanner(ExchangeSteps::route)
                .setUserAgent(config.userAgent) // Of what we ask a proxy; requests bring their own.
                .setIOReactorConfig(sockets())
                .setIOSessionListener(open)
                .setKeepAliveStrategy(keepAlive())
                .setThreadFactory(new DefaultThreadFactory("outbound-io", true))
                .setIoReactorExceptionCallback(ClientBuilder::log)
                .addExecInterceptorFirst("holding", ExchangeSteps::hold)
                .addExecInterceptorLast("exchange", ExchangeSteps::proceed)
                .addRequestInterceptorLast(ExchangeSteps::sending)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableConnectionState()
                .disableContentCompression()
                .evictExpiredConnections()
                .evictIdleConnections(TimeValue.of(config.keepAlive.toJavaDuration()))
                .build();
    }

    /** Without {@code tcpNoDelay} a request longer than one segment waits 40 ms for an acknowledgement that its reader delays. */
    IOReactorConfig sockets() {
        return IOReactorConfig.custom()
                .setIoThreadCount(config.ioThreads)
                .setSoKeepAlive(true)
                .setTcpNoDelay(true)
                // For sockets that a deadline abandoned in the middle of their TLS handshake.
                .setSoTimeout(Timeout.of(config.connectionTimeToLive.toJavaDuration()))
                .build();
    }

    private Connections connections(RouteResolver routes, OpenConnections open) {
        Timeout connectTimeout = Timeout.of(config.connectTimeout.toJavaDuration());
        TimeValue timeToLive = TimeValue.of(config.connectionTimeToLive.toJavaDuration());
        return new Connections(
                new RoutePools(config.maxConnectionsPerRoute, timeToLive),
                new Connections.Operator(ConsumerTls.ofRoutes(), routes),
                routes,
                new Http2Guard(Http1Connection.CHARS, ClientBuilder::log),
                open,
                ConnectionConfig.custom()
                        .setConnectTimeout(connectTimeout)
                        .setTimeToLive(timeToLive)
                        .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                        .build(),
                TlsConfig.custom()
                        .setVersionPolicy(HttpVersionPolicy.NEGOTIATE)
                        .setHandshakeTimeout(connectTimeout)
                        .build());
    }

    /**
     * The shorter of our time and the consumer's. A second is taken off the consumer's, so that we rarely send while it
     * closes the connection.
     */
    private ConnectionKeepAliveStrategy keepAlive() {
        long ours = config.keepAlive.toMilliseconds();
        return (response, context) -> {
            long theirs = DefaultConnectionKeepAliveStrategy.INSTANCE
                    .getKeepAliveDuration(response, context)
                    .toMilliseconds();
            // A duration of zero would mean for ever.
            return TimeValue.ofMilliseconds(theirs < 0 ? ours : Math.max(1, Math.min(ours, theirs - 1000)));
        };
    }

    /** Up to many threads, which exist only while needed: a look-up blocks its thread, and that of a dead domain for long. */
    private static ThreadPoolExecutor lookups() {
        ThreadFactory threads = new DefaultThreadFactory("outbound-dns", true);
        ThreadPoolExecutor lookups = new ThreadPoolExecutor(
                LOOKUP_THREADS, LOOKUP_THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        lookups.allowCoreThreadTimeOut(true);
        return lookups;
    }

    /** Consumers that misbehave are an outcome, not news. */
    private static void log(Exception failure) {
        if (failure instanceof IOException || failure instanceof ClosedSelectorException) {
            LOG.debug("Outbound connection failed", failure);
        } else {
            UNEXPECTED.warn("Outbound connection failed unexpectedly", failure);
        }
    }
}
