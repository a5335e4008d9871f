package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.IncarnationEndedException;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.UncertainCommitException;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.MessageStore;
import org.webhookbroker.registry.Consumer;

/** Fills the lanes from the database, one batch a lane and round: no consumer waits for another's backlog (G6). */
final class LeaseLoop implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseLoop.class);
    private static final Duration REST = Duration.ofSeconds(5);

    private record LaneTaker(Lane lane, List<LeaseStore.Queued> reserved) implements LeaseStore.Taker {
        @Override
        public LeaseStore.Choice choose(LeaseStore.Queued job) {
            LeaseStore.Choice choice = lane.reserveLeased(job);
            if (choice == LeaseStore.Choice.TAKE) {
                reserved.add(job);
            }
            return choice;
        }

        @Override
        public int takeoversBelow() {
            return lane.takeoversBelow();
        }

        @Override
        public int retries() {
            return lane.roomForRetries();
        }
    }

    private final Database database;
    private final Incarnation incarnation;
    private final Lanes lanes;
    private final SettleBuffer settling;
    private final LeaseStore leases = new LeaseStore();
    private final MessageStore messages = new MessageStore();

    LeaseLoop(Database database, Incarnation incarnation, Lanes lanes, SettleBuffer settling) {
        this.database = database;
        this.incarnation = incarnation;
        this.lanes = lanes;
        this.settling = settling;
    }

    @Override
    public boolean runOnce() {
        boolean more = false;
        for (Lane lane : lanes.all()) {
            more |= serve(lane);
            lane.pump();
        }
        return more;
    }

    /** What fails for one consumer alone, such as a row that can not be read, is no trouble of the others (G6). */
    private boolean serve(Lane lane) {
        int wanted = lane.wanted();
        try {
            return wanted > 0 && fill(lane, wanted) && lane.wanted() > 0;
        } catch (RuntimeException failure) {
            if (Database.isUnavailable(failure) || failure instanceof IncarnationEndedException) {
                throw failure;
            }
            LOG.error(
                    "Can not lease jobs of consumer {}; trying again in {}",
                    lane.consumer().id(),
                    REST,
                    failure);
            lane.rest(REST);
            return false;
        }
    }

    /** True when another round may find more, false also when memory has no room for the next job. */
    private boolean fill(Lane lane, int wanted) {
        long additions = lane.beginLook();
        List<LeaseStore.Queued> reserved = new ArrayList<>();
        List<LeasedJob> taken = new ArrayList<>();
        LeaseStore.Lease lease;
        try {
            lease = database.inTransaction(handle -> {
                giveBack(lane, reserved);
                taken.clear();
                lane.beginTaking();
                int holder = incarnation.lock(handle);
                LeaseStore.Lease found =
                        leases.lease(handle, lane.consumer().id(), holder, wanted, new LaneTaker(lane, reserved));
                taken.addAll(found.jobs());
                return found;
            });
        } catch (UncertainCommitException unknown) {
            taken.forEach(lanes::abandon);
            throw unknown;
        } catch (RuntimeException | Error rolledBack) {
            giveBack(lane, reserved);
            throw rolledBack;
        }
        load(lane, lease.jobs());
        lane.looked(additions, lease);
        return lease.more() && !lease.jobs().isEmpty();
    }

    private static void giveBack(Lane lane, List<LeaseStore.Queued> reserved) {
        reserved.forEach(lane::cancelLeased);
        reserved.clear();
    }

    /** The jobs are ours from here on, and known to be: each gets into the lane, or is released. */
    private void load(Lane lane, List<LeasedJob> jobs) {
        jobs.forEach(lane::expect);
        Map<Xid, Message> loaded;
        try {
            List<Xid> ids = jobs.stream().map(LeasedJob::messageId).distinct().toList();
            loaded = database.withHandle(handle -> messages.byIds(handle, ids));
        } catch (RuntimeException | Error failure) {
            jobs.forEach(job -> settling.add(lane, new Settlement.Released(job, false)));
            throw failure;
        }
        for (LeasedJob job : jobs) {
            Message message = loaded.get(job.messageId());
            if (message == null) {
                settling.add(lane, new Settlement.Dead(job, messageMissing(lane.consumer())));
            } else if (!lane.add(new HeldJob(job, message))) {
                settling.add(lane, new Settlement.Released(job, false));
            }
        }
    }

    private static Failure messageMissing(Consumer consumer) {
        String detail = "The message of this job for consumer " + consumer.publicId() + " is not in the database";
        return new Failure("message-missing", detail, false);
    }
}
