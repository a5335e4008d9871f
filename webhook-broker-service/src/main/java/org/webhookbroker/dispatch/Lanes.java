package org.webhookbroker.dispatch;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.RegistrySnapshot;

/**
 * One lane for each push consumer, following the registry. A lane whose consumer is gone is closed and stays until it is empty, so
 * that room is given back where it was taken. Thread-safe.
 */
final class Lanes {
    private final Map<Xid, Lane> byConsumer = new ConcurrentHashMap<>();
    private final Function<Consumer, Lane> newLane;
    private final SettleBuffer settling;
    private boolean closed;

    Lanes(Function<Consumer, Lane> newLane, SettleBuffer settling) {
        this.newLane = newLane;
        this.settling = settling;
    }

    synchronized void follow(RegistrySnapshot snapshot) {
        if (closed) {
            return;
        }
        for (Consumer consumer : snapshot.consumers()) {
            if (hasLane(consumer)) {
                byConsumer
                        .computeIfAbsent(consumer.id(), id -> newLane.apply(consumer))
                        .open(consumer);
            }
        }
        byConsumer.values().removeIf(lane -> {
            boolean gone = snapshot.consumer(lane.consumer().id())
                    .filter(Lanes::hasLane)
                    .isEmpty();
            if (gone) {
                giveBack(lane);
            }
            return gone && lane.isEmpty();
        });
    }

    /** What we cannot call waits in the table, for nodes that can. */
    private static boolean hasLane(Consumer consumer) {
        return consumer.type() == ConsumerType.PUSH && consumer.isReadable();
    }

    private void giveBack(Lane lane) {
        lane.close();
        lane.drain().forEach(job -> release(lane, job.lease()));
    }

    Collection<Lane> all() {
        return byConsumer.values();
    }

    @Nullable
    Lane of(Xid consumer) {
        return byConsumer.get(consumer);
    }

    /** Jobs that were not tried go back to the queue, untouched; attempts under way go on. */
    synchronized void close() {
        closed = true;
        byConsumer.values().forEach(this::giveBack);
    }

    /** The leases of this incarnation are void: forgets its jobs that were not tried, as other nodes have them. */
    void forgetReady(int lostIncarnation) {
        for (Lane lane : byConsumer.values()) {
            for (HeldJob job : lane.drain()) {
                if (job.lease().holder() == lostIncarnation) {
                    lane.settled(new Settlement.Released(job.lease(), false));
                } else if (!lane.add(job)) {
                    release(lane, job.lease());
                }
            }
            lane.noticed();
        }
    }

    boolean holds(Xid job) {
        return byConsumer.values().stream().anyMatch(lane -> lane.holds(job));
    }

    boolean isAskedAway(Xid consumer) {
        Lane lane = of(consumer);
        return lane != null && lane.ask(Availability::isAskedAway);
    }

    /** Why this node's jobs of a consumer wait, if it is because nobody answers. */
    Optional<Waiting> waiting(Xid consumer) {
        return Optional.ofNullable(of(consumer)).flatMap(lane -> lane.ask(Availability::waiting));
    }

    /** Nothing is in flight and every outcome is recorded. */
    boolean areEmpty() {
        return byConsumer.values().stream().allMatch(Lane::isEmpty);
    }

    int inFlight() {
        return byConsumer.values().stream().mapToInt(Lane::inFlight).sum();
    }

    /** Gives a job back that was not tried. */
    void release(Lane lane, LeasedJob job) {
        settling.add(lane, new Settlement.Released(job, false));
    }

    /** Gives a job back, whose lane may be gone. */
    void abandon(LeasedJob job) {
        Lane lane = of(job.consumerId());
        if (lane != null) {
            lane.expect(job);
        }
        settling.add(lane, new Settlement.Released(job, false));
    }
}
