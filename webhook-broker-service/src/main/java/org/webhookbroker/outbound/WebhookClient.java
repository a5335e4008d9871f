package org.webhookbroker.outbound;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.outbound.tls.TlsProfile;

/** Makes webhook calls. Thread-safe. */
public final class WebhookClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookClient.class);

    /** For connections to end in order. Dispatch has waited for the calls before, as long as {@code dispatch.stopTimeout}. */
    private static final TimeValue FAREWELL = TimeValue.ofMilliseconds(100);

    private final ExchangeContext shared;
    private final Connections connections;
    private final RouteResolver routes;
    private final ExecutorService lookups;
    private final String userAgent;
    private final ConnectionShares shares;
    private final CallsUnderWay underWay = new CallsUnderWay();
    private volatile boolean closed;

    WebhookClient(
            ExchangeContext shared,
            ConnectionShares shares,
            Connections connections,
            RouteResolver routes,
            ExecutorService lookups,
            String userAgent) {
        this.shared = shared;
        this.connections = connections;
        this.shares = shares;
        this.routes = routes;
        this.lookups = lookups;
        this.userAgent = userAgent;
    }

    /**
     * Whether a consumer that has so many calls under way may have another, for its share of the connections to its host and of all
     * calls. To be asked before {@link #send}, which does not refuse what exceeds the share.
     */
    public boolean hasRoom(String url, int underWay) {
        try {
            return shares.hasFor(route(Target.of(url).host()), underWay);
        } catch (BadCall e) {
            return true; // The call itself reports it.
        }
    }

    /** As the pool knows it: with the port that its scheme has by default. */
    private static HttpHost route(HttpHost host) {
        return RoutingSupport.normalize(host, DefaultSchemePortResolver.INSTANCE);
    }

    /**
     * As {@link #send(Call)}, for a call that is still being made. It has its share of the connections meanwhile, or all that are made at
     * once would find room (G6).
     */
    public CompletableFuture<Outcome> send(String url, CompletableFuture<Call> call) {
        if (call.isDone()) {
            return call.thenCompose(this::send);
        }
        HttpHost target;
        try {
            target = route(Target.of(url).host());
        } catch (BadCall e) {
            return CompletableFuture.completedFuture(e.outcome());
        }
        shares.take(target);
        return call.whenComplete((made, failure) -> shares.giveBack(target)).thenCompose(this::send);
    }

    /**
     * Makes the call. Never throws, never blocks, and always completes within the call's timeout plus scheduling. The future
     * completes on an I/O or timer thread, which must not be kept: hand the outcome on. Cancelling it cancels nothing.
     */
    public CompletableFuture<Outcome> send(Call call) {
        WireRequest request;
        try {
            request = WireRequest.of(call, userAgent);
        } catch (BadCall e) {
            return CompletableFuture.completedFuture(e.outcome());
        }
        if (shared.tls().requireHttps() && !Proxies.isTunnelled(request.host())) {
            return CompletableFuture.completedFuture(Failures.notByHttps());
        }
        Optional<TlsProfile> profile = shared.tls().profile(call.route().tlsProfile());
        if (profile.isEmpty()) {
            return CompletableFuture.completedFuture(
                    Failures.unknownProfile(call.route().tlsProfile()));
        }
        if (shares.isFull()) {
            return CompletableFuture.completedFuture(
                    new Outcome.Unreachable("overload", Reach.NOT_TRIED, false, "Too many calls are in flight"));
        }
        HttpHost target = route(request.host());
        Exchange exchange = new Exchange(request, routes.proxy(target), profile.get(), shared, call, this::ended);
        shares.take(target);
        underWay.add(exchange);
        if (closed) {
            exchange.shutDown();
        } else {
            start(exchange, target);
        }
        return exchange.outcome();
    }

    private void ended(Exchange exchange) {
        underWay.remove(exchange);
        shares.giveBack(route(exchange.host()));
    }

    /** By the same rules as the calls. */
    public CallbackCheck callbackCheck() {
        return new CallbackCheck(routes);
    }

    /** Calls that were sent and have no outcome yet. */
    public int inFlight() {
        return shares.taken();
    }

    int routes() {
        return connections.routes();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The exchange takes whatever comes of it.
    private void start(Exchange exchange, HttpHost target) {
        try {
            routes.lookup(target, exchange.proxy(), exchange.route()).whenComplete((addresses, failure) -> {
                if (failure == null) {
                    exchange.send();
                } else {
                    exchange.failed(cause(failure));
                }
            });
        } catch (RuntimeException e) {
            exchange.failed(e);
        }
    }

    private static Exception cause(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof Exception exception ? exception : new CompletionException(cause);
    }

    /** Gives connections a moment to end in order, then ends all calls; every future is complete when this returns. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        shared.http().initiateShutdown();
        try {
            shared.http().awaitShutdown(FAREWELL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.info("Outbound client stops, {} calls in flight", inFlight());
        underWay.shutDown();
        shared.http().close(CloseMode.IMMEDIATE);
        underWay.close();
        lookups.shutdownNow();
        underWay.shutDown();
    }
}
