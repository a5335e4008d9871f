package org.webhookbroker.pull;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.Job;
import org.webhookbroker.job.JobMoveStore;
import org.webhookbroker.job.JobState;
import org.webhookbroker.job.JobStore;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.LiveJob;
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
    private final JobStore jobs = new JobStore();
    private final JobMoveStore moves = new JobMoveStore();
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
        return database.inTransaction(handle -> jobs.take(handle, consumer.id(), job.id(), deadlines.lease(), timeout));
    }

    /** Locks in the order of intake: the registry, so that no job outlives its consumer, and our incarnation. */
    private boolean revive(Consumer consumer, Job job, int timeout) {
        return database.inTransaction(handle -> {
            Registry.Locked locked = registry.lock(handle, incarnation);
            boolean registered = locked.snapshot().consumer(consumer.id()).isPresent();
            Tally tally = new Tally();
            boolean revived =
                    registered && moves.revive(handle, consumer.id(), job.id(), deadlines.lease(), timeout, tally);
            tally.write(handle, locked.holder());
            return revived;
        });
    }

    private boolean deliver(Consumer consumer, Job job) {
        return settle(consumer, job, Settlement.Delivered::new);
    }

    private boolean bury(Consumer consumer, Job job) {
        return settle(consumer, job, held -> new Settlement.Dead(held, REPORTED));
    }

    /**
     * Settles the job whatever holds it. If the consumer was a push consumer, an attempt may still be under way: its outcome then
     * counts as stale.
     */
    private boolean settle(Consumer consumer, Job job, Function<LeasedJob, Settlement> outcome) {
        return database.inTransaction(handle -> {
            int counter = incarnation.lock(handle);
            Optional<LiveJob> held = leases.lockInFlight(handle, consumer.id(), job.id());
            held.ifPresent(found ->
                    settlements.settle(handle, found.holder(), counter, List.of(outcome.apply(found.leased()))));
            return held.isPresent();
        });
    }
}
