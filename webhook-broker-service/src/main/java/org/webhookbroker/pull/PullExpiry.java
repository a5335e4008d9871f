package org.webhookbroker.pull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.IncarnationEndedException;
import org.webhookbroker.database.Database;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.PullEndStore;
import org.webhookbroker.job.PullEndStore.Death;
import org.webhookbroker.job.PullEndStore.Overdue;
import org.webhookbroker.job.PullJob;
import org.webhookbroker.job.Tally;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.Registry;

/**
 * Queues jobs again whose lease timed out, and buries last calls that nobody answered. Every node does it: rows are locked,
 * and what another has locked is left to it, so each end happens once.
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
    private final PullEndStore store = new PullEndStore();

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

    /** One batch of each queue, so that no consumer waits for another's backlog (G6). */
    @Override
    public boolean runOnce() {
        boolean more = false;
        List<RuntimeException> failures = new ArrayList<>();
        for (Overdue overdue : database.withHandle(store::overdue)) {
            try {
                int ended = overdue.isLease() ? endLeases(overdue) : endLastCalls(overdue);
                more |= ended == BATCH;
            } catch (RuntimeException failure) {
                keepUnlessForAll(overdue, failure, failures);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        return more;
    }

    /** What fails for one queue is no trouble of the others; the loop fails when they are done, so that it shows. */
    private static void keepUnlessForAll(Overdue overdue, RuntimeException failure, List<RuntimeException> failures) {
        if (Database.isUnavailable(failure) || failure instanceof IncarnationEndedException) {
            throw failure;
        }
        failures.add(new IllegalStateException("Can not end pull leases of consumer " + overdue.consumer(), failure));
    }

    private int endLeases(Overdue overdue) {
        int ended = database.inTransaction(handle -> {
            Optional<Consumer> consumer = registry.lock(handle).consumer(overdue.consumer());
            if (consumer.isEmpty()) {
                return 0; // Its removal ends the job.
            }
            List<PullJob> jobs = store.lock(handle, overdue, BATCH);
            // Few groups, as all of a group have the same deadlines: one statement each.
            Map<Integer, List<PullJob>> byFailures =
                    jobs.stream().collect(Collectors.groupingBy(PullExpiry::failed, TreeMap::new, Collectors.toList()));
            byFailures.forEach((failed, group) -> {
                PullDeadlines.Next next = deadlines.afterTimeout(consumer.get(), failed);
                store.timeOut(handle, group, next.turn(), next.delay());
            });
            return jobs.size();
        });
        if (ended > 0) {
            LOG.debug("{} leases of pull consumer {} timed out", ended, overdue.consumer());
            metrics.count(PullMetrics.Event.TIMED_OUT, ended);
            waiters.queued(overdue.consumer());
        }
        return ended;
    }

    /** The lease that timed out is one more failure. */
    private static int failed(PullJob job) {
        return job.job().attempts() + 1;
    }

    /** Those of a consumer that became a push consumer are left: they are delivered like any other. */
    private int endLastCalls(Overdue overdue) {
        record Ended(int dead, int all) {}
        Ended ended = database.inTransaction(handle -> {
            Optional<Consumer> consumer = registry.lock(handle)
                    .consumer(overdue.consumer())
                    .filter(found -> found.type() == ConsumerType.PULL);
            int counter = incarnation.lock(handle);
            if (consumer.isEmpty()) {
                return new Ended(0, 0);
            }
            List<PullJob> jobs = store.lock(handle, overdue, BATCH);
            Map<Boolean, List<PullJob>> byEnd = jobs.stream()
                    .collect(Collectors.partitioningBy(job ->
                            deadlines.isExhausted(consumer.get(), job.job().attempts())));
            List<PullJob> exhausted = byEnd.getOrDefault(true, List.of());
            Tally tally = new Tally();
            store.bury(
                    handle,
                    exhausted.stream()
                            .map(job -> new Death(job, timedOut(job.job().attempts())))
                            .toList(),
                    tally);
            store.recall(handle, byEnd.getOrDefault(false, List.of()));
            tally.write(handle, counter);
            return new Ended(exhausted.size(), jobs.size());
        });
        metrics.count(PullMetrics.Event.DEAD, ended.dead());
        return ended.all();
    }

    private static Failure timedOut(int attempts) {
        return new Failure("lease-expired", "The consumer took it and let its time pass, attempts: " + attempts, true);
    }
}
