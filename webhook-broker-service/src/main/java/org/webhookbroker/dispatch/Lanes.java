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
import org.webhookbroker.registry.RegistrySnapshot;

/**
 * One lane for each push consumer that has jobs or had some lately, following the registry: those who have none cost nothing, however
 * many there are. A lane whose consumer is gone is closed and stays until it is empty, so that room is given back where it was taken.
 * Thread-safe.
 */
final class Lanes {
    private final Map<Xid, Lane> byConsumer = new ConcurrentHashMap<>();
    private final Function<Consumer, Lane> newLane;
    private final SettleBuffer settling;
    private RegistrySnapshot registered = RegistrySnapshot.EMPTY;
    private boolean closed;
    /** Whether each consumer whose jobs wait in the database had a lane at some moment. */
    private volatile boolean surveyed;

    Lanes(Function<Consumer, Lane> newLane, SettleBuffer settling) {
        this.newLane = newLane;
        this.settling = settling;
    }

    /** Whom we knew, but call only from now on, has a lane that looks at once: what waits for it, no survey could tell a lane. */
    synchronized void follow(RegistrySnapshot snapshot) {
        if (closed) {
            return;
        }
        RegistrySnapshot before = registered;
        registered = snapshot;
        byConsumer.values().removeIf(lane -> {
            Optional<Consumer> consumer = called(lane.consumer().id());
            consumer.ifPresentOrElse(lane::open, () -> giveBack(lane));
            return consumer.isEmpty() && lane.isEmpty();
        });
        for (Consumer consumer : snapshot.consumers()) {
            Optional<Consumer> earlier = before.consumer(consumer.id());
            if (consumer.isCalled() && earlier.isPresent() && !earlier.get().isCalled()) {
                Lane lane = byConsumer.computeIfAbsent(consumer.id(), id -> newLane.apply(consumer));
                lane.noticed();
            }
        }
    }

    private Optional<Consumer> called(Xid id) {
        return registered.consumer(id).filter(Consumer::isCalled);
    }

    private void giveBack(Lane lane) {
        lane.close();
        lane.attempts().drain().forEach(job -> release(lane, job.lease()));
    }

    Collection<Lane> all() {
        return byConsumer.values();
    }

    @Nullable
    Lane of(Xid consumer) {
        return byConsumer.get(consumer);
    }

    /** The lane of a consumer that has a job, which begins if there is none. Null if we do not call this consumer. */
    @Nullable
    Lane forJobs(Xid consumer) {
        Lane lane = byConsumer.get(consumer);
        return lane == null ? begin(consumer) : lane;
    }

    /** After a survey it can be told that no job waits in the database for a consumer that has no lane. */
    private synchronized @Nullable Lane begin(Xid id) {
        if (closed) {
            return null;
        }
        called(id)
                .ifPresent(consumer -> byConsumer.computeIfAbsent(id, same -> {
                    Lane lane = newLane.apply(consumer);
                    if (surveyed) {
                        lane.beginsWithoutBacklog();
                    }
                    return lane;
                }));
        return byConsumer.get(id);
    }

    /** @param waiting all consumers for which jobs wait in the database */
    void surveyed(Collection<Xid> waiting) {
        waiting.forEach(consumer -> Optional.ofNullable(forJobs(consumer)).ifPresent(Lane::noticed));
        surveyed = true;
    }

    /** This node has queued jobs of this consumer again, which no lane knew. */
    void cameBack(Xid consumer) {
        Optional.ofNullable(forJobs(consumer)).ifPresent(Lane::cameBack);
    }

    /** Ends the lanes that have had nothing to do since the last call. */
    synchronized void retireIdle() {
        byConsumer.values().removeIf(Lane::retires);
    }

    /** Jobs that were not tried go back to the queue, untouched; attempts under way go on. */
    synchronized void close() {
        closed = true;
        byConsumer.values().forEach(this::giveBack);
    }

    /** The leases of this incarnation are void: forgets its jobs that were not tried, as other nodes have them. */
    void forgetReady(int lostIncarnation) {
        for (Lane lane : byConsumer.values()) {
            for (HeldJob job : lane.attempts().drain()) {
                if (job.lease().holder() == lostIncarnation) {
                    lane.settled(new Settlement.Released(job.lease(), false));
                } else if (!lane.add(job)) {
                    release(lane, job.lease());
                }
            }
            lane.noticed();
        }
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
