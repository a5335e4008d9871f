package org.webhookbroker.outbound;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.core5.http.HttpHost;
import org.webhookbroker.outbound.address.HostResolver;

/**
 * Whether a callback leads to nothing but addresses that {@code outbound.policy: public} refuses, for whoever registers it. What is not
 * known at once passes: each delivery is judged anew. Thread-safe.
 */
public final class CallbackCheck {
    /** How long a request may wait for a look-up: it holds a thread of the server. */
    public static final Duration PATIENCE = Duration.ofSeconds(1);

    /** So many look-ups are under way at once, however long they take: deliveries need their threads more. */
    static final int MOST_LOOKUPS = 8;

    private static final String WAY_OUT = "use a public address, or have an administrator add its network to"
            + " `allowedNetworks` of the consumer, or to outbound.allowedNetworks";

    private final RouteResolver routes;
    private final Semaphore lookups = new Semaphore(MOST_LOOKUPS);

    CallbackCheck(RouteResolver routes) {
        this.routes = routes;
    }

    /**
     * What is wrong, and the way out. Of a name it does not say which address it has, or strangers could read the names of the network
     * from it.
     *
     * @param patience zero to judge addresses alone
     */
    public Optional<String> wrongIn(String url, CallRoute route, Duration patience) {
        HttpHost target;
        try {
            target = Target.parse(url).host();
        } catch (BadCall e) {
            return Optional.empty(); // Each call says so.
        }
        return HostResolver.isAddress(target.getHostName())
                ? await(routes.refusal(target, route), PATIENCE)
                        .map(refused -> "`callbackUrl`: " + refused + "; " + WAY_OUT)
                : refusalOfName(target, route, patience)
                        .map(refused ->
                                "`callbackUrl`: its host has no address that outbound.policy public lets the broker call; "
                                        + WAY_OUT);
    }

    /** Whether both are called at one scheme, host and port, however they are written. What cannot be called is no other's place. */
    public static boolean isSamePlace(String url, String other) {
        try {
            return url.equals(other) || place(url).equals(place(other));
        } catch (BadCall e) {
            return false;
        }
    }

    private static HttpHost place(String url) throws BadCall {
        HttpHost host = Target.parse(url).host();
        int byDefault = host.getSchemeName().equals("https") ? 443 : 80;
        return new HttpHost(host.getSchemeName(), host.getHostName(), host.getPort() < 0 ? byDefault : host.getPort());
    }

    private Optional<String> refusalOfName(HttpHost target, CallRoute route, Duration patience) {
        if (patience.isZero() || !lookups.tryAcquire()) {
            return Optional.empty();
        }
        return await(routes.refusal(target, route).whenComplete((refused, unknown) -> lookups.release()), patience);
    }

    private static Optional<String> await(CompletableFuture<Optional<String>> refusal, Duration patience) {
        try {
            return refusal.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException notFound) {
            return Optional.empty();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
