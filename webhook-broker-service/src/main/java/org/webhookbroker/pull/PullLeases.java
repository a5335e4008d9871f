package org.webhookbroker.pull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.PullEndStore;
import org.webhookbroker.job.PullEndStore.Death;
import org.webhookbroker.job.PullJob;
import org.webhookbroker.job.PullLeaseStore;
import org.webhookbroker.job.PullReceipt;
import org.webhookbroker.job.SettleStore;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.job.Tally;
import org.webhookbroker.pull.PullMetrics.Event;
import org.webhookbroker.registry.Consumer;

/**
 * Extends and ends leases by their receipts, many at once. A receipt whose lease has ended, even if the same job is leased
 * again, changes nothing (G4). Also for a consumer that became a push consumer while it held leases. Thread-safe.
 */
public final class PullLeases {
    /** @param delay until it may be taken again; empty for the consumer's own retry delays */
    public record Nack(PullReceipt receipt, Optional<Duration> delay, String reason) {}

    private final Database database;
    private final Incarnation incarnation;
    private final PullDeadlines deadlines;
    private final PullMetrics metrics;
    private final PullWaiters waiters;
    private final PullLeaseStore leases = new PullLeaseStore();
    private final PullEndStore ends = new PullEndStore();
    private final SettleStore settlements = new SettleStore();

    PullLeases(
            Database database,
            Incarnation incarnation,
            PullDeadlines deadlines,
            PullMetrics metrics,
            PullWaiters waiters) {
        this.database = database;
        this.incarnation = incarnation;
        this.deadlines = deadlines;
        this.metrics = metrics;
        this.waiters = waiters;
    }

    /** Those of the receipts whose lease now ends {@code length} from now. */
    public Set<PullReceipt> extend(Consumer consumer, Collection<PullReceipt> receipts, Duration length) {
        Set<PullReceipt> extended = database.inTransaction(handle -> {
            Map<PullReceipt, PullJob> held = leases.lockLeased(handle, consumer.id(), receipts);
            leases.extend(handle, held.keySet().stream().map(PullReceipt::job).toList(), length);
            return held.keySet();
        });
        metrics.count(Event.STALE, receipts.size() - extended.size());
        return extended;
    }

    /** Those of the receipts whose lease this call ended. Without retries left a nack is the end of the job. */
    public Set<PullReceipt> settle(Consumer consumer, List<PullReceipt> acks, List<Nack> nacks) {
        List<PullReceipt> all = new ArrayList<>(acks);
        nacks.forEach(nack -> all.add(nack.receipt()));
        List<Death> deaths = new ArrayList<>();
        List<Settlement> others = new ArrayList<>();
        Set<PullReceipt> ended = database.inTransaction(handle -> {
            deaths.clear();
            others.clear();
            int counter = incarnation.lock(handle);
            Map<PullReceipt, PullJob> held = leases.lockLeased(handle, consumer.id(), all);
            for (PullReceipt ack : acks) {
                PullJob job = held.get(ack);
                if (job != null) {
                    others.add(new Settlement.Delivered(job.job()));
                }
            }
            for (Nack nack : nacks) {
                PullJob job = held.get(nack.receipt());
                if (job != null) {
                    plan(consumer, nack, job, deaths, others);
                }
            }
            Tally tally = new Tally();
            ends.bury(handle, deaths, tally);
            tally.write(handle, counter);
            settlements.settle(handle, PullJob.HOLDER, counter, others);
            return new HashSet<>(held.keySet());
        });
        count(deaths.size(), others, all.size() - ended.size());
        if (!others.isEmpty()) {
            waiters.queued(consumer.id());
        }
        return ended;
    }

    private void plan(Consumer consumer, Nack nack, PullJob job, List<Death> deaths, List<Settlement> others) {
        Failure failure = new Failure("nacked", nack.reason(), true);
        Optional<Duration> delay = deadlines.policy(consumer).next(job.job().attempts(), Optional.empty());
        if (delay.isEmpty()) {
            deaths.add(new Death(job, failure));
        } else {
            others.add(new Settlement.Retry(job.job(), nack.delay().orElse(delay.get()), failure));
        }
    }

    private void count(int dead, List<Settlement> others, int stale) {
        int retried =
                (int) others.stream().filter(Settlement.Retry.class::isInstance).count();
        metrics.count(Event.DEAD, dead);
        metrics.count(Event.RETRIED, retried);
        metrics.count(Event.DELIVERED, others.size() - retried);
        metrics.count(Event.STALE, stale);
    }
}
