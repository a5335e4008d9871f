package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.ItemFailures;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Database.LockWait;
import org.webhookbroker.dispatch.HoldingStore.Holding;

/**
 * Ends incarnations that fell silent and queues their jobs again (G5). Every node does this, and several at once do no harm. Also
 * tells the lanes of jobs that other nodes queued. The table alone says which jobs have no living holder, so jobs under a holder
 * that never existed are found as well. To read that takes long while an open view keeps what is gone, so it is done less often then,
 * unless an incarnation has ended.
 */
final class Rescuer implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(Rescuer.class);

    private final Database database;
    private final Incarnation incarnation;
    private final Lanes lanes;
    private final Takeover takeover;
    private final DispatchMetrics metrics;
    private final HoldingStore held = new HoldingStore();
    private final RescueStore store = new RescueStore();
    private final Pace reading = new Pace(Duration.ofSeconds(3), Duration.ofSeconds(15), System::nanoTime);

    /**
     * @param silence after which an incarnation is dead
     * @param maxTakeovers a job whose holders died this many times is dead itself
     */
    record Takeover(Duration silence, int maxTakeovers) {}

    Rescuer(Database database, Incarnation incarnation, Lanes lanes, Takeover takeover, DispatchMetrics metrics) {
        this.database = database;
        this.incarnation = incarnation;
        this.lanes = lanes;
        this.takeover = takeover;
        this.metrics = metrics;
    }

    @Override
    public boolean runOnce() {
        endSilent();
        // In this order: an incarnation that ended before the holdings are read takes nothing more, and one that
        // begins after that is not mistaken for dead.
        List<Integer> ended = database.withHandle(store::endedIncarnations);
        if (!reading.isDue() && ended.isEmpty()) {
            return false;
        }
        List<Holding> holdings = reading.measure(() -> database.withHandle(held::holdings));
        Set<Integer> live = database.withHandle(store::liveIncarnations);
        lanes.surveyed(holdings.stream()
                .filter(holding -> holding.holder() == 0)
                .map(Holding::consumer)
                .toList());
        Set<Integer> stillHolding = holdings.stream().map(Holding::holder).collect(Collectors.toSet());
        ItemFailures failures = new ItemFailures();
        for (Holding holding : holdings) {
            if (holding.holder() != 0 && !live.contains(holding.holder())) {
                failures.collect(
                        "Cannot take over the jobs of consumer " + holding.consumer() + " from incarnation "
                                + holding.holder(),
                        () -> rescue(holding, failures.lockWait()));
            }
        }
        failures.collect("Cannot forget incarnations that ended", () -> forget(ended, stillHolding));
        failures.throwAll();
        return false;
    }

    /**
     * Asks whether this node may judge only once the answer is there: the query may have hung with the database, and after an
     * outage every node looks silent.
     */
    private void endSilent() {
        List<Integer> silent = database.withHandle(handle -> store.silentIncarnations(handle, takeover.silence()));
        if (!incarnation.mayJudge()) {
            return;
        }
        for (int each : silent) {
            database.inTransaction(handle -> {
                store.endIfSilent(handle, each, takeover.silence());
                return null;
            });
        }
    }

    private void rescue(Holding holding, LockWait wait) {
        int rescued = 0;
        RescueStore.Batch batch;
        do {
            batch = database.inTransaction(
                    wait, handle -> store.rescue(handle, holding, takeover.maxTakeovers(), incarnation.lock(handle)));
            rescued += batch.moved();
        } while (!batch.isLast());
        if (rescued > 0) {
            LOG.info(
                    "Took over {} jobs of consumer {} from incarnation {}, which ended",
                    rescued,
                    holding.consumer(),
                    holding.holder());
            metrics.tookOver(rescued);
            lanes.cameBack(holding.consumer());
        }
    }

    /** Forgets only incarnations that were seen to hold nothing. Those whose jobs this pass rescued follow in the next. */
    private void forget(List<Integer> ended, Set<Integer> stillHolding) {
        for (int each : ended) {
            if (!stillHolding.contains(each)) {
                database.inTransaction(handle -> {
                    store.forget(handle, each);
                    return null;
                });
            }
        }
    }
}
