package org.webhookbroker.quota;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.quota.JobQuota.WhenFull;

/**
 * How many more messages of one channel its consumers have room for. Each message makes a job for each of them, so what this node has let in
 * since the counters were read is one number for all. It is never too small: a message counts from before its transaction until a look at
 * the counters that began after it. Thread-safe.
 */
final class ChannelRoom {
    /** @param room what the counters leave of the quota; may be negative */
    record Limit(String consumer, JobQuota quota, long room) {}

    private final HeldRequests places;
    /** By number, in the order in which they came. */
    private final Map<Long, CompletableFuture<Void>> held = new LinkedHashMap<>();

    private long nextHeld;
    private long heldBytes;
    /** The tightest of each way. */
    private List<Limit> limits = List.of();

    private long open;
    private long ended;
    private long endedBeforeLook;

    ChannelRoom(HeldRequests places) {
        this.places = places;
    }

    /** Why a broadcast that comes now is refused. */
    synchronized Optional<Excess> refusal() {
        Optional<Excess> refusal = full(WhenFull.REFUSES);
        return refusal.isPresent() || places.hasRoom(held.size(), heldBytes) ? refusal : reasonToHold();
    }

    /** Why broadcasts are held. */
    synchronized Optional<Excess> reasonToHold() {
        return full(WhenFull.HOLDS);
    }

    /** Lets one in, unless it is to be refused. It must {@link #leave}. */
    synchronized Optional<Excess> enter() {
        Optional<Excess> refusal = full(WhenFull.REFUSES);
        if (refusal.isEmpty()) {
            open++;
        }
        return refusal;
    }

    /** @param stored whether its transaction was tried: then its jobs may be there */
    synchronized void leave(boolean stored) {
        open--;
        if (stored) {
            ended++;
        }
    }

    /** Completed when there is room, or after a while; empty when too many are held. */
    Optional<CompletableFuture<Void>> hold(long payload) {
        CompletableFuture<Void> request = new CompletableFuture<>();
        long charge = places.charge(payload);
        long number;
        synchronized (this) {
            if (!places.enter(held.size(), heldBytes, charge)) {
                return Optional.empty();
            }
            number = nextHeld++;
            held.put(number, request);
            heldBytes += charge;
        }
        CompletableFuture<Void> unused = request.completeOnTimeout(
                        null, HeldRequests.LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failed) -> forget(number, charge));
        return Optional.of(request);
    }

    private void forget(long number, long charge) {
        synchronized (this) {
            held.remove(number);
            heldBytes -= charge;
        }
        places.leave(charge);
    }

    /** The counters are about to be read. */
    synchronized void beforeLook() {
        endedBeforeLook = ended;
    }

    /** Lets those go on for which there is room. */
    void looked(List<Limit> found) {
        List<CompletableFuture<Void>> free;
        synchronized (this) {
            limits = Arrays.stream(WhenFull.values())
                    .flatMap(way -> tightest(found, way).stream())
                    .toList();
            ended -= endedBeforeLook;
            endedBeforeLook = 0;
            long room = limits.stream().mapToLong(Limit::room).min().orElse(Long.MAX_VALUE) - open - ended;
            free = new ArrayList<>(held.values());
            free.subList((int) Math.max(0, Math.min(room, free.size())), free.size())
                    .clear();
        }
        free.forEach(request -> request.complete(null));
    }

    private static Optional<Limit> tightest(List<Limit> limits, WhenFull way) {
        return limits.stream().filter(limit -> limit.quota().whenFull() == way).min(Comparator.comparing(Limit::room));
    }

    private Optional<Excess> full(WhenFull way) {
        for (Limit limit : limits) {
            if (limit.quota().whenFull() == way && limit.room() - open - ended <= 0) {
                String text = "the consumer `%s` may have %s live jobs, and has them"
                        .formatted(limit.consumer(), limit.quota().liveJobs());
                return Optional.of(new Excess(QuotaKind.CONSUMER, text, Duration.ofSeconds(1)));
            }
        }
        return Optional.empty();
    }
}
