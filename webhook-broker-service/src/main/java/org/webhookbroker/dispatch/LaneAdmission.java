package org.webhookbroker.dispatch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.message.Admission;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.registry.Consumer;

/**
 * Brings new jobs into their lanes. A lane may have closed since its room was reserved; a job that was written for it nevertheless
 * is given back. Thread-safe.
 */
final class LaneAdmission implements Admission {
    private final Lanes lanes;
    private final Executor executor;
    /** Lanes whose turn is to come: a group of new jobs of a lane needs no more than one. */
    private final Set<Lane> due = ConcurrentHashMap.newKeySet();

    /** @param executor starts attempts, so that the thread that commits need not */
    LaneAdmission(Lanes lanes, Executor executor) {
        this.lanes = lanes;
        this.executor = executor;
    }

    @Override
    public boolean reserve(Consumer consumer, Content content) {
        Lane lane = lanes.forJobs(consumer.id());
        return lane != null && lane.reserveNew(content.priority(), content.size());
    }

    @Override
    public void cancel(Consumer consumer, Content content) {
        Lane lane = lanes.of(consumer.id());
        if (lane != null) {
            lane.cancelNew(content.size());
        }
    }

    @Override
    public void admit(Consumer consumer, LeasedJob job, Message message) {
        Lane lane = lanes.of(consumer.id());
        if (lane == null) {
            lanes.abandon(job);
        } else if (lane.add(new HeldJob(job, message))) {
            pump(lane);
        } else {
            lanes.release(lane, job);
        }
    }

    private void pump(Lane lane) {
        if (due.add(lane)) {
            executor.execute(() -> {
                due.remove(lane);
                lane.attempts().pump();
            });
        }
    }

    @Override
    public void queued(Consumer consumer, int priority) {
        Lane lane = lanes.forJobs(consumer.id());
        if (lane != null) {
            lane.queued(priority);
        }
    }

    @Override
    public void abandon(LeasedJob job) {
        lanes.abandon(job);
    }
}
