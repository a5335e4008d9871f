package org.webhookbroker.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.ItemFailures;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Database.LockWait;
import org.webhookbroker.database.Xid;
import org.webhookbroker.dispatch.HoldingStore.Held;
import org.webhookbroker.job.JobStore;

/**
 * Looks for jobs that this node holds by the table, but does not know: for instance after a commit whose answer was lost. A job
 * that two passes in a row find under the same lease is given back, marked as a possible repeat. This is a safety net: it finds
 * nothing while all is well.
 */
final class LostAndFound implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(LostAndFound.class);

    private final Database database;
    private final Incarnation incarnation;
    private final Lanes lanes;
    private final LaneStatus status;
    private final HoldingStore store = new HoldingStore();
    private final JobStore jobs = new JobStore();
    private final Pace reading = new Pace(Duration.ofSeconds(10), Duration.ofMinutes(1), System::nanoTime);
    private Map<Xid, Instant> unknownBefore = Map.of();

    LostAndFound(Database database, Incarnation incarnation, Lanes lanes) {
        this.database = database;
        this.incarnation = incarnation;
        this.lanes = lanes;
        this.status = new LaneStatus(lanes);
    }

    @Override
    public boolean runOnce() {
        if (!reading.isDue()) {
            return false;
        }
        int mine = incarnation.id();
        Map<Xid, Instant> unknown = new HashMap<>();
        List<Held> lost = new ArrayList<>();
        for (Held held :
                reading.measure(() -> database.withHandle(handle -> store.heldBy(handle, mine, status::holds)))) {
            if (held.since().equals(unknownBefore.get(held.job()))) {
                lost.add(held);
            }
            unknown.put(held.job(), held.since());
        }
        unknownBefore = unknown;
        ItemFailures failures = new ItemFailures();
        lost.forEach(each ->
                failures.collect("Cannot give back job " + each.job(), () -> giveBack(each, failures.lockWait())));
        failures.throwAll();
        return false;
    }

    /** Does nothing if the job was settled and leased again since it was read: then its lease is another. */
    private void giveBack(Held lost, LockWait wait) {
        boolean given =
                database.inTransaction(wait, handle -> jobs.giveBack(handle, lost.holder(), lost.job(), lost.since()));
        if (given) {
            LOG.warn(
                    "Job {} of consumer {} was held by this node and unknown to it; it is queued again",
                    lost.job(),
                    lost.consumer());
            lanes.cameBack(lost.consumer());
        }
    }
}
