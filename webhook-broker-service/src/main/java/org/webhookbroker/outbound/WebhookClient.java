package org.webhookbroker.outbound;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes webhook calls. Thread-safe. */
public final class WebhookClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookClient.class);

    private final Engine engine;
    private final HostResolver resolver;
    private final ExecutorService lookups;
    private final String userAgent;
    private final Set<Exchange> inFlight = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    WebhookClient(Engine engine, HostResolver resolver, ExecutorService lookups, String userAgent) {
        this.engine = engine;
        this.resolver = resolver;
        this.lookups = lookups;
        this.userAgent = userAgent;
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
        if (inFlight.size() >= engine.limits().maxInFlight()) {
            return CompletableFuture.completedFuture(
                    new Outcome.Unreachable("overload", false, false, "Too many calls are in flight"));
        }
        Exchange exchange = new Exchange(request, engine, call, inFlight::remove);
        inFlight.add(exchange);
        if (closed) {
            exchange.shutDown();
        } else {
            start(exchange, request);
        }
        return exchange.outcome();
    }

    /** Calls that were sent and have no outcome yet. */
    public int inFlight() {
        return inFlight.size();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The exchange takes whatever comes of it.
    private void start(Exchange exchange, WireRequest request) {
        try {
            exchange.startClock();
            resolver.lookup(request.host().getHostName()).whenComplete((addresses, failure) -> {
                if (failure == null) {
                    exchange.send();
                } else {
                    exchange.failed(failure instanceof Exception e ? e : new CompletionException(failure));
                }
            });
        } catch (RuntimeException e) {
            exchange.failed(e); // The timer refuses when close() overtakes us.
        }
    }

    /** Gives calls in flight a moment to end, then ends them; every future is complete when this returns. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        engine.http().initiateShutdown();
        try {
            engine.http().awaitShutdown(TimeValue.of(engine.limits().shutdownGrace()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.info("Outbound client stops, {} calls in flight", inFlight.size());
        inFlight.forEach(Exchange::shutDown);
        engine.http().close(CloseMode.IMMEDIATE);
        engine.timer().shutdownNow();
        lookups.shutdownNow();
        inFlight.forEach(Exchange::shutDown);
    }
}
