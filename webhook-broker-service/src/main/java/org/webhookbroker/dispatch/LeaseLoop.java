package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.IncarnationEndedException;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.job.Visit;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.MessageStore;

/** Fills the lanes from the database. Each lane gets one batch in each round, so no consumer waits for the backlog of another (G6). */
final class LeaseLoop implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseLoop.class);
    private static final Duration REST = Duration.ofSeconds(5);
    private static final long LANES_LIVE_NANOS = Duration.ofMinutes(1).toNanos();

    private final Database database;
    private final Incarnation incarnation;
    private final Lanes lanes;
    private final SettleBuffer settling;
    private final Pace fullLooks = new Pace(Duration.ofMillis(25), Duration.ofMinutes(1), System::nanoTime);
    private final LeaseStore leases = new LeaseStore();
    private final MessageStore messages = new MessageStore();
    private long retiredAt = System.nanoTime();

    LeaseLoop(Database database, Incarnation incarnation, Lanes lanes, SettleBuffer settling) {
        this.database = database;
        this.incarnation = incarnation;
        this.lanes = lanes;
        this.settling = settling;
    }

    /** Also pumps each lane. Nothing else starts the attempts of a lane once its rest, or the delay of its breaker, is over. */
    @Override
    public boolean runOnce() {
        boolean more = false;
        for (Lane lane : lanes.all()) {
            more |= serve(lane);
            lane.attempts().pump();
        }
        if (System.nanoTime() - retiredAt > LANES_LIVE_NANOS) {
            lanes.retireIdle();
            retiredAt = System.nanoTime();
        }
        return more;
    }

    /** A failure that concerns one consumer, such as a row that cannot be read, does not stop the others (G6). */
    private boolean serve(Lane lane) {
        try {
            Optional<Look> look = lane.look();
            return look.isPresent()
                    && look.get().run(database, new LaneLeasing(lane))
                    && lane.look().isPresent();
        } catch (RuntimeException failure) {
            if (Database.isUnavailable(failure) || failure instanceof IncarnationEndedException) {
                throw failure;
            }
            LOG.error(
                    "Cannot lease jobs of consumer {}; trying again in {}",
                    lane.consumer().id(),
                    REST,
                    failure);
            lane.attempts().rest(REST);
            return false;
        }
    }

    private final class LaneLeasing implements Look.Leasing {
        private final Lane lane;

        LaneLeasing(Lane lane) {
            this.lane = lane;
        }

        @Override
        public Pace fullLooks() {
            return fullLooks;
        }

        @Override
        public LeaseStore.Lease lease(Handle handle, int wanted, LeaseStore.Taker taker, Visit visit) {
            int holder = incarnation.lock(handle);
            return leases.lease(handle, lane.consumer().id(), holder, wanted, taker, visit);
        }

        @Override
        public void load(List<LeasedJob> jobs) {
            Map<Xid, Message> loaded = read(jobs);
            for (LeasedJob job : jobs) {
                Message message = loaded.get(job.messageId());
                if (message == null) {
                    settling.add(lane, new Settlement.Dead(job, Failure.messageMissing(lane.consumer())));
                } else if (!lane.add(new HeldJob(job, message))) {
                    settling.add(lane, new Settlement.Released(job, false));
                }
            }
        }

        private Map<Xid, Message> read(List<LeasedJob> jobs) {
            try {
                List<Xid> ids =
                        jobs.stream().map(LeasedJob::messageId).distinct().toList();
                return database.withHandle(handle -> messages.byIds(handle, ids));
            } catch (RuntimeException | Error failure) {
                release(jobs);
                throw failure;
            }
        }

        @Override
        public void release(List<LeasedJob> jobs) {
            jobs.forEach(job -> settling.add(lane, new Settlement.Released(job, false)));
        }
    }
}
