package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.LeaseStore.Choice;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.Visit;

/** The database of one look: it offers these jobs, and leases what is taken. */
final class Offer implements Look.Leasing {
    private static final Xid CONSUMER = new Xid(1, 1);

    private final Database database;
    private final int holder;
    private final List<LiveJob> offered;
    final List<Choice> choices = new ArrayList<>();
    int wanted;
    int takeoversBelow;
    int roomForRetries;
    boolean more;
    boolean retriesWait;

    @Nullable
    RuntimeException failure;

    Offer(Database database, int holder, LiveJob... offered) {
        this.database = database;
        this.holder = holder;
        this.offered = List.of(offered);
    }

    /** They are due, and the lane looks. */
    Offer to(Lane lane) {
        lane.queued(0);
        lane.look().orElseThrow().run(database, this);
        return this;
    }

    @Override
    public Pace fullLooks() {
        return new Pace(Duration.ZERO, Duration.ofMinutes(1), System::nanoTime);
    }

    @Override
    public LeaseStore.Lease lease(Handle handle, int most, LeaseStore.Taker taker, Visit visit) {
        wanted = most;
        takeoversBelow = taker.takeoversBelow();
        List<LeasedJob> leased = new ArrayList<>();
        for (LiveJob job : offered) {
            Choice choice = taker.choose(job);
            choices.add(choice);
            if (choice == Choice.TAKE) {
                leased.add(leased(job));
            }
        }
        roomForRetries = taker.retries();
        if (failure != null) {
            throw failure;
        }
        return new LeaseStore.Lease(leased, more, retriesWait, Long.MAX_VALUE);
    }

    private LeasedJob leased(LiveJob job) {
        return new LeasedJob(
                job.id(),
                job.messageId(),
                CONSUMER,
                holder,
                job.priority(),
                job.size(),
                job.attempts(),
                job.possibleDuplicate());
    }

    @Override
    public void load(List<LeasedJob> jobs) {}

    @Override
    public void release(List<LeasedJob> jobs) {
        throw new AssertionError("the commit is certain");
    }
}
