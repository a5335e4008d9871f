package org.webhookbroker.dispatch;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.message.Admission;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.RegistrySnapshot;

/**
 * One lane for each push consumer, following the registry; and intake's way into them. A lane whose consumer is gone is closed
 * and stays until it is empty, so that who reserved room in it finds it again. Thread-safe.
 */
final class Lanes implements Admission {
    private final Map<Xid, Lane> byConsumer = new ConcurrentHashMap<>();
    private final Function<Consumer, Lane> newLane;
    private final SettleBuffer settling;
    private final Executor executor;
    private boolean closed;

    /** @param executor starts attempts off the thread that commits, which has better things to do */
    Lanes(Function<Consumer, Lane> newLane, SettleBuffer settling, Executor executor) {
        this.newLane = newLane;
        this.settling = settling;
        this.executor = executor;
    }

    synchronized void follow(RegistrySnapshot snapshot) {
        if (closed) {
            return;
        }
        for (Consumer consumer : snapshot.consumers()) {
            if (consumer.type() == ConsumerType.PUSH) {
                byConsumer
                        .computeIfAbsent(consumer.id(), id -> newLane.apply(consumer))
                        .open(consumer);
            }
        }
        byConsumer.values().removeIf(lane -> {
            boolean gone = snapshot.consumer(lane.consumer().id())
                    .filter(consumer -> consumer.type() == ConsumerType.PUSH)
                    .isEmpty();
            if (gone) {
                giveBack(lane);
            }
            return gone && lane.isEmpty();
        });
    }

    private void giveBack(Lane lane) {
        lane.close().forEach(job -> settling.add(lane, new Settlement.Released(job.lease(), false)));
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

    /** The leases of this incarnation are void: forgets what is ready, others have it. */
    void forgetReady(int lostIncarnation) {
        for (Lane lane : byConsumer.values()) {
            for (HeldJob job : lane.drain()) {
                if (job.lease().holder() == lostIncarnation) {
                    lane.settled(job.lease());
                } else if (!lane.add(job)) {
                    settling.add(lane, new Settlement.Released(job.lease(), false));
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
        return lane != null && lane.isAskedAway();
    }

    /** Nothing is in flight and every outcome is recorded. */
    boolean areEmpty() {
        return byConsumer.values().stream().allMatch(Lane::isEmpty);
    }

    int inFlight() {
        return byConsumer.values().stream().mapToInt(Lane::inFlight).sum();
    }

    @Override
    public boolean reserve(Consumer consumer, Content content) {
        Lane lane = of(consumer.id());
        return lane != null && lane.reserveNew(content.priority(), content.size());
    }

    @Override
    public void cancel(Consumer consumer, Content content) {
        Lane lane = of(consumer.id());
        if (lane != null) {
            lane.release(content.size());
        }
    }

    @Override
    public void admit(Consumer consumer, LeasedJob job, Message message) {
        Lane lane = of(consumer.id());
        if (lane == null) {
            abandon(job);
        } else if (lane.add(new HeldJob(job, message))) {
            executor.execute(lane::pump);
        } else {
            settling.add(lane, new Settlement.Released(job, false));
        }
    }

    @Override
    public void queued(Consumer consumer, int priority) {
        Lane lane = of(consumer.id());
        if (lane != null) {
            lane.queued(priority);
        }
    }

    @Override
    public void abandon(LeasedJob job) {
        Lane lane = of(job.consumerId());
        if (lane != null) {
            lane.expect(job);
        }
        settling.add(lane, new Settlement.Released(job, false));
    }
}
