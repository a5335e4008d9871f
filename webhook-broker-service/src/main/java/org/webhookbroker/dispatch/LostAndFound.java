package org.webhookbroker.dispatch;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.delivery.LeasedJob;
import org.webhookbroker.delivery.RescueStore;
import org.webhookbroker.delivery.RescueStore.Holding;
import org.webhookbroker.delivery.Settlement;

/**
 * Looks for jobs that the table says we hold and of which we know nothing: a commit whose answer was lost, say. Seen in two
 * passes in a row they are given back, marked as possible repeats. A safety net; it finds nothing while all is well.
 */
final class LostAndFound implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(LostAndFound.class);

    private final Database database;
    private final RescueStore store;
    private final Incarnation incarnation;
    private final Lanes lanes;
    private final SettleBuffer settling;
    private Set<Xid> suspects = Set.of();

    LostAndFound(Database database, RescueStore store, Incarnation incarnation, Lanes lanes, SettleBuffer settling) {
        this.database = database;
        this.store = store;
        this.incarnation = incarnation;
        this.lanes = lanes;
        this.settling = settling;
    }

    @Override
    public boolean runOnce() {
        int mine = incarnation.id();
        Set<Xid> unknown = new HashSet<>();
        for (Holding holding : database.withHandle(store::holdings)) {
            if (holding.holder() == mine) {
                Set<Xid> held = database.withHandle(handle -> store.heldBy(handle, holding));
                held.removeIf(lanes::holds);
                held.stream().filter(suspects::contains).forEach(job -> giveBack(job, holding));
                unknown.addAll(held);
            }
        }
        suspects = unknown;
        return false;
    }

    private void giveBack(Xid job, Holding holding) {
        LOG.warn(
                "Job {} of consumer {} is held by this node and unknown to it; queueing it again",
                job,
                holding.consumer());
        LeasedJob lease = new LeasedJob(job, job, holding.consumer(), holding.holder(), 0, 0, 0, true);
        settling.add(null, new Settlement.Released(lease, true));
    }
}
