package org.webhookbroker.pull;

import java.util.List;
import java.util.Optional;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.Job;
import org.webhookbroker.job.JobState;
import org.webhookbroker.job.PullEndStore;
import org.webhookbroker.job.PullEndStore.Death;
import org.webhookbroker.job.PullJob;
import org.webhookbroker.job.PullLeaseStore;
import org.webhookbroker.job.SettleStore;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.job.Tally;
import org.webhookbroker.pull.PullMetrics.Event;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;

/** The state machine of a job in the hands of its pull consumer: contract 6.4. Thread-safe, also against other nodes. */
public final class PullTransitions {
    private static final Failure REPORTED = new Failure("reported-dead", "The consumer reported it dead", true);

    private final Database database;
    private final Registry registry;
    private final Incarnation incarnation;
    private final PullDeadlines deadlines;
    private final PullMetrics metrics;
    private final PullLeaseStore leases = new PullLeaseStore();
    private final PullEndStore ends = new PullEndStore();
    private final SettleStore settlements = new SettleStore();

    PullTransitions(
            Database database,
            Registry registry,
            Incarnation incarnation,
            PullDeadlines deadlines,
            PullMetrics metrics) {
        this.database = database;
        this.registry = registry;
        this.incarnation = incarnation;
        this.deadlines = deadlines;
        this.metrics = metrics;
    }

    /**
     * False when there is no such change from the state that {@code job} had, or when it has left that state meanwhile.
     *
     * @param timeout seconds to add to the lease, for {@code INFLIGHT}; 0 leaves those added before
     */
    public boolean move(Consumer consumer, Job job, JobState to, int timeout) {
        boolean moved = switch (job.state()) {
            case QUEUED -> to == JobState.INFLIGHT && hold(consumer, job, timeout);
            case DEAD -> to == JobState.INFLIGHT && revive(consumer, job, timeout);
            case INFLIGHT ->
                (to == JobState.DELIVERED && deliver(consumer, job)) || (to == JobState.DEAD && bury(consumer, job));
            case DELIVERED -> false;
        };
        if (moved) {
            metrics.count(event(to), 1);
        }
        return moved;
    }

    private static Event event(JobState reached) {
        return switch (reached) {
            case DELIVERED -> Event.DELIVERED;
            case DEAD -> Event.DEAD;
            default -> Event.LEASED;
        };
    }

    private boolean hold(Consumer consumer, Job job, int timeout) {
        return database.inTransaction(
                handle -> leases.hold(handle, consumer.id(), job.id(), deadlines.lease(), timeout));
    }

    /** Locks in the order of intake: the registry, so that no job outlives its consumer, and our incarnation. */
    private boolean revive(Consumer consumer, Job job, int timeout) {
        return database.inTransaction(handle -> {
            boolean registered = registry.lock(handle).consumer(consumer.id()).isPresent();
            int counter = incarnation.lock(handle);
            return registered && leases.revive(handle, consumer.id(), job.id(), deadlines.lease(), timeout, counter);
        });
    }

    /** Whoever has it: an attempt that a push consumer still made before it became this one then counts as stale. */
    private boolean deliver(Consumer consumer, Job job) {
        return database.inTransaction(handle -> {
            int counter = incarnation.lock(handle);
            Optional<PullJob> held = leases.lockInFlight(handle, consumer.id(), job.id());
            held.ifPresent(found -> settlements.settle(
                    handle, found.job().holder(), counter, List.of(new Settlement.Delivered(found.job()))));
            return held.isPresent();
        });
    }

    private boolean bury(Consumer consumer, Job job) {
        return database.inTransaction(handle -> {
            int counter = incarnation.lock(handle);
            Optional<PullJob> held = leases.lockInFlight(handle, consumer.id(), job.id());
            Tally tally = new Tally();
            held.ifPresent(found -> ends.bury(handle, List.of(new Death(found, REPORTED)), tally));
            tally.write(handle, counter);
            return held.isPresent();
        });
    }
}
