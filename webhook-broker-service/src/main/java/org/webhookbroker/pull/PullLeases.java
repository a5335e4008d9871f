package org.webhookbroker.pull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.JobStore;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.Section;
import org.webhookbroker.job.SettleStore;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.job.WaitingLine;
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
    private final JobStore jobs = new JobStore();
    private final SettleStore store = new SettleStore();

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

    /** Returns the receipts whose leases it extended: they end {@code length} from now. */
    public Set<PullReceipt> extend(Consumer consumer, Collection<PullReceipt> receipts, Duration length) {
        Set<PullReceipt> extended = database.inTransaction(handle -> {
            Map<PullReceipt, LiveJob> held = leases.lockLeased(handle, consumer.id(), receipts);
            jobs.extend(handle, held.values(), length);
            return held.keySet();
        });
        metrics.count(Event.STALE, receipts.size() - extended.size());
        return extended;
    }

    /**
     * Returns the receipts whose leases this call ended. A nack of a job without retries left buries it; a job that is released may be
     * taken again at once, and has spent no attempt (G7).
     */
    public Set<PullReceipt> settle(
            Consumer consumer, List<PullReceipt> acks, List<Nack> nacks, List<PullReceipt> releases) {
        List<PullReceipt> all = new ArrayList<>(acks);
        nacks.forEach(nack -> all.add(nack.receipt()));
        all.addAll(releases);
        record Result(Set<PullReceipt> ended, List<Section> queued, SettleStore.Settled settled) {}
        Result result = database.inTransaction(handle -> {
            int counter = incarnation.lock(handle);
            Map<PullReceipt, LiveJob> held = leases.lockLeased(handle, consumer.id(), all);
            List<Settlement> settlements = new ArrayList<>();
            for (PullReceipt ack : acks) {
                LiveJob job = held.get(ack);
                if (job != null) {
                    settlements.add(new Settlement.Delivered(job.leased()));
                }
            }
            for (Nack nack : nacks) {
                LiveJob job = held.get(nack.receipt());
                if (job != null) {
                    settlements.add(settlement(consumer, nack, job));
                }
            }
            for (PullReceipt release : releases) {
                LiveJob job = held.get(release);
                if (job != null) {
                    settlements.add(new Settlement.Released(job.leased(), false));
                }
            }
            List<Section> queued = settlements.stream()
                    .filter(settlement -> settlement.queuedFor().isPresent())
                    .map(settlement -> new Section(
                            WaitingLine.after(settlement), settlement.job().priority()))
                    .toList();
            return new Result(held.keySet(), queued, store.settle(handle, LiveJob.PULL_HOLDER, counter, settlements));
        });
        SettleStore.Settled settled = result.settled();
        metrics.count(Event.DEAD, settled.dead());
        metrics.count(Event.RETRIED, settled.retried());
        metrics.count(Event.DELIVERED, settled.delivered());
        metrics.count(Event.RELEASED, settled.released());
        metrics.count(Event.STALE, all.size() - result.ended().size());
        if (settled.retried() + settled.released() > 0) {
            waiters.queued(consumer.id(), result.queued());
        }
        return result.ended();
    }

    private Settlement settlement(Consumer consumer, Nack nack, LiveJob job) {
        Failure failure = new Failure("nacked", nack.reason(), true);
        return deadlines
                .policy(consumer)
                .next(job.attempts(), Optional.empty())
                .<Settlement>map(
                        delay -> new Settlement.Retry(job.leased(), nack.delay().orElse(delay), failure))
                .orElseGet(() -> new Settlement.Dead(job.leased(), failure));
    }
}
