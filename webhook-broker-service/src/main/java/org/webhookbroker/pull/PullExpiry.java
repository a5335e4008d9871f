package org.webhookbroker.pull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.ItemFailures;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Database.LockWait;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.JobMoveStore;
import org.webhookbroker.job.JobStore;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.NewJob;
import org.webhookbroker.job.Section;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.job.Tally;
import org.webhookbroker.pull.PullLeaseStore.Overdue;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.Registry;

/**
 * Queues jobs again whose lease timed out, and buries last calls that nobody answered. Every node does this. It locks rows and
 * skips those that another node has locked, so each lease ends once.
 */
final class PullExpiry implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(PullExpiry.class);
    private static final int BATCH = 500;

    private final Database database;
    private final Registry registry;
    private final Incarnation incarnation;
    private final PullDeadlines deadlines;
    private final PullMetrics metrics;
    private final PullWaiters waiters;
    private final PullLeaseStore leases = new PullLeaseStore();
    private final Pace reading = new Pace(Duration.ofSeconds(3), Duration.ofSeconds(15), System::nanoTime);
    private final JobStore jobs = new JobStore();
    private final JobMoveStore moves = new JobMoveStore();

    PullExpiry(
            Database database,
            Registry registry,
            Incarnation incarnation,
            PullDeadlines deadlines,
            PullMetrics metrics,
            PullWaiters waiters) {
        this.database = database;
        this.registry = registry;
        this.incarnation = incarnation;
        this.deadlines = deadlines;
        this.metrics = metrics;
        this.waiters = waiters;
    }

    /**
     * One batch of each queue, so that no consumer waits for another's backlog (G6). Less often while it takes long to read what is
     * overdue, since an open view keeps what is gone.
     */
    @Override
    public boolean runOnce() {
        if (!reading.isDue()) {
            return false;
        }
        AtomicBoolean more = new AtomicBoolean();
        ItemFailures failures = new ItemFailures();
        for (Overdue overdue : reading.measure(() -> database.withHandle(leases::overdue))) {
            failures.collect("Cannot end pull leases of consumer " + overdue.consumer(), () -> {
                int ended = overdue.isLease()
                        ? endLeases(overdue, failures.lockWait())
                        : endLastCalls(overdue, failures.lockWait());
                more.compareAndSet(false, ended == BATCH);
            });
        }
        failures.throwAll();
        return more.get();
    }

    private int endLeases(Overdue overdue, LockWait wait) {
        List<Section> ended = database.inTransaction(wait, handle -> {
            Optional<Consumer> consumer = registry.lock(handle).consumer(overdue.consumer());
            if (consumer.isEmpty()) {
                return List.of(); // Its removal ends the job.
            }
            List<Section> queued = new ArrayList<>();
            List<LiveJob> overdueJobs = leases.lockOverdue(handle, overdue, BATCH);
            // One statement for each number of failures, on which the deadline depends. There are few.
            Map<Integer, List<LiveJob>> byFailures = overdueJobs.stream()
                    .collect(Collectors.groupingBy(PullExpiry::failed, TreeMap::new, Collectors.toList()));
            byFailures.forEach((failed, group) -> {
                PullDeadlines.Next next = deadlines.afterTimeout(consumer.get(), failed);
                jobs.timeOut(handle, group, next.line(), next.delay());
                group.forEach(job -> queued.add(new Section(next.line(), job.priority())));
            });
            return queued;
        });
        if (!ended.isEmpty()) {
            LOG.debug("{} leases of pull consumer {} timed out", ended.size(), overdue.consumer());
            metrics.count(PullMetrics.Event.TIMED_OUT, ended.size());
            waiters.queued(overdue.consumer(), ended);
        }
        return ended.size();
    }

    /** The lease that timed out is one more failure. */
    private static int failed(LiveJob job) {
        return job.attempts() + 1;
    }

    /** Those of a consumer that became a push consumer are left: they are delivered like any other. */
    private int endLastCalls(Overdue overdue, LockWait wait) {
        record Ended(int dead, int all) {}
        Ended ended = database.inTransaction(wait, handle -> {
            Registry.Locked locked = registry.lock(handle, incarnation);
            Optional<Consumer> consumer =
                    locked.snapshot().consumer(overdue.consumer()).filter(found -> found.type() == ConsumerType.PULL);
            if (consumer.isEmpty()) {
                return new Ended(0, 0);
            }
            List<LiveJob> overdueJobs = leases.lockOverdue(handle, overdue, BATCH);
            Map<Boolean, List<LiveJob>> byEnd = overdueJobs.stream()
                    .collect(Collectors.partitioningBy(job -> deadlines.isExhausted(consumer.get(), job.attempts())));
            List<Settlement.Dead> deaths = byEnd.getOrDefault(true, List.of()).stream()
                    .map(job -> new Settlement.Dead(job.leased(), Failure.leaseExpired(job.attempts())))
                    .toList();
            Tally tally = new Tally();
            int dead = moves.bury(handle, NewJob.QUEUED, deaths, tally);
            if (dead != deaths.size()) {
                throw new IllegalStateException("Locked " + deaths.size() + " last calls but could bury only " + dead);
            }
            jobs.recall(handle, byEnd.getOrDefault(false, List.of()));
            tally.write(handle, locked.holder());
            return new Ended(dead, overdueJobs.size());
        });
        metrics.count(PullMetrics.Event.DEAD, ended.dead());
        return ended.all();
    }
}
