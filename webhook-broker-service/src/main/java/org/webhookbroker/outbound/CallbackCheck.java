package org.webhookbroker.outbound;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.webhookbroker.outbound.address.HostResolver;

/**
 * Whether a callback leads to nothing but addresses that {@code outbound.policy: public} refuses, for whoever registers it. What is not
 * known at once passes: each delivery is judged anew. Thread-safe.
 */
public final class CallbackCheck {
    /** How long a request may wait for a look-up. */
    public static final Duration PATIENCE = Duration.ofSeconds(1);

    /** So many requests wait at once, as each holds a thread of the server. */
    static final int MOST_WAITING = 8;

    private static final String WAY_OUT = "use a public address, or have an administrator add its network to"
            + " `allowedNetworks` of the consumer, or to outbound.allowedNetworks";

    private final RouteResolver routes;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);

    CallbackCheck(RouteResolver routes) {
        this.routes = routes;
    }

    /**
     * What is wrong, and the way out. Of a name it does not say which address it has, or strangers could read the names of the network
     * from it.
     */
    public Optional<String> wrongIn(String url, CallRoute route, Duration patience) {
        Target target;
        try {
            target = Target.parse(url);
        } catch (BadCall e) {
            return Optional.empty(); // Each call says so.
        }
        return refusal(routes.refusal(target.host(), route), patience)
                .map(refused -> HostResolver.isAddress(target.host().getHostName())
                        ? "`callbackUrl`: " + refused + "; " + WAY_OUT
                        : "`callbackUrl`: its host has no address that outbound.policy public lets the broker call; "
                                + WAY_OUT);
    }

    private Optional<String> refusal(CompletableFuture<Optional<String>> judged, Duration patience) {
        if (judged.isDone() || patience.isZero()) {
            return judged.isCompletedExceptionally() ? Optional.empty() : judged.getNow(Optional.empty());
        }
        if (!waiting.tryAcquire()) {
            return Optional.empty();
        }
        try {
            return judged.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException notFound) {
            return Optional.empty();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            waiting.release();
        }
    }
}
