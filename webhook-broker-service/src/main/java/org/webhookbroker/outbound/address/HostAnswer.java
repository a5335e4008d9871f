package org.webhookbroker.outbound.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One question about a host with its answer, or until that arrives with the previous answer. Thread-safe. */
final class HostAnswer {
    private final @Nullable List<InetAddress> previous;
    private final long previousServesUntil;
    private final long askedAt;
    private final CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
    private volatile long expiresAt;
    private volatile long servesUntil;

    HostAnswer(@Nullable HostAnswer before, long now) {
        previous = before == null ? null : before.addresses();
        previousServesUntil = before == null ? now : before.servesUntil();
        askedAt = now;
    }

    long askedAt() {
        return askedAt;
    }

    boolean isDone() {
        return answer.isDone();
    }

    boolean isFresh(long now) {
        return !answer.isDone() || expiresAt - now > 0;
    }

    /** The answer, or the previous one if the new one is late and the previous one may still be used. */
    CompletableFuture<List<InetAddress>> soon(long now) {
        List<InetAddress> old = previous;
        if (answer.isDone() || old == null || previousServesUntil - now <= 0) {
            return answer;
        }
        long patience = askedAt + HostResolver.PATIENCE.toNanos() - now;
        return patience > 0
                ? answer.copy().completeOnTimeout(old, patience, TimeUnit.NANOSECONDS)
                : CompletableFuture.completedFuture(old);
    }

    @Nullable
    List<InetAddress> addresses() {
        if (!answer.isDone()) {
            return previous;
        }
        return answer.isCompletedExceptionally() ? null : answer.join();
    }

    private long servesUntil() {
        return answer.isDone() ? servesUntil : previousServesUntil;
    }

    void answer(List<InetAddress> addresses, long now) {
        answer(
                addresses,
                now + HostResolver.ANSWER_TTL.toNanos(),
                now + HostResolver.ANSWER_TTL.plus(HostResolver.STALE_TTL).toNanos());
    }

    private void answer(List<InetAddress> addresses, long expiry, long end) {
        expiresAt = expiry;
        servesUntil = end;
        answer.complete(addresses);
    }

    void fail(UnknownHostException failure, long now) {
        expiresAt = now + HostResolver.FAILURE_TTL.toNanos();
        servesUntil = expiresAt;
        answer.completeExceptionally(failure);
    }

    /** The look-up could not be made, which says nothing about the host. */
    void giveUp(UnknownHostException failure, long now) {
        if (previous != null && previousServesUntil - now > 0) {
            answer(previous, now + HostResolver.FAILURE_TTL.toNanos(), previousServesUntil);
        } else {
            fail(failure, now);
        }
    }
}
