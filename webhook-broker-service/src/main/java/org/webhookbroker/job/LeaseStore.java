package org.webhookbroker.job;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Xid;

/**
 * Takes due jobs of one consumer. The heads of its priorities come from a loose scan of the lease index, so the cost does not
 * depend on how many jobs wait, or until when. Each priority is then a plain range of the index. Of very many priorities only some
 * are looked at, see {@link LeaseHeads}.
 */
public final class LeaseStore {
    /**
     * What a look at one consumer's queue found.
     *
     * @param more due jobs were left behind
     * @param retriesWait retries were left behind because no more of them were wanted; {@code more} and {@code nextDueMicros} leave
     *     them out
     * @param nextDueMicros until the earliest job that is not due yet, or {@link Long#MAX_VALUE}
     */
    public record Lease(List<LeasedJob> jobs, boolean more, boolean retriesWait, long nextDueMicros) {
        public long nextDueNanos() {
            return nextDueMicros == Long.MAX_VALUE ? Long.MAX_VALUE : nextDueMicros * 1000;
        }
    }

    /** Decides which jobs are taken, as it knows how much room there is. */
    public interface Taker {
        Choice choose(LiveJob job);

        /** Jobs with this many takeovers or more are left where they are, unseen. */
        default int takeoversBelow() {
            return Integer.MAX_VALUE;
        }

        /** No more retries than this are taken. */
        default int retries() {
            return Integer.MAX_VALUE;
        }
    }

    /** {@code STOP} also leaves all that come after. */
    public enum Choice {
        TAKE,
        LEAVE,
        STOP
    }

    static final String LOCK_DUE = LiveJob.SELECT + """
            FORCE INDEX (job_lease)
            WHERE consumer_id = :consumer AND holder = 0 AND retry = :retry AND priority = :priority
              AND due_at <= UTC_TIMESTAMP(6) + INTERVAL :ahead SECOND AND takeovers < :takeovers
            ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
            """;

    /** Writes the lease of some jobs, and returns the jobs as they are then. */
    private interface Holding {
        List<LiveJob> hold(List<LiveJob> due);
    }

    /**
     * @param full the taker wanted no more
     * @param left due jobs were seen and left behind
     * @param retriesLeft how many more retries were wanted
     */
    private record Taken(List<LiveJob> jobs, boolean full, boolean left, int retriesLeft) {}

    private final JobStore jobs = new JobStore();

    /**
     * Takes jobs for an incarnation.
     *
     * @param wanted at most this many
     * @param taker asked for each job in turn
     */
    public Lease lease(Handle handle, Xid consumer, int holder, int wanted, Taker taker) {
        LeaseHeads heads = LeaseHeads.of(handle, consumer);
        boolean anyDue = !heads.due().isEmpty();
        Taken taken = take(handle, consumer, heads, wanted, taker, due -> {
            jobs.lease(handle, due, holder);
            return due;
        });
        boolean left = taken.full()
                || taken.left()
                || taken.jobs().size() >= wanted
                || (!heads.complete() && !taken.jobs().isEmpty());
        boolean more = anyDue && left;
        // Behind a head that was due there may be a job that is due, or will be: only a second reading shows it.
        LeaseHeads now = !anyDue || more ? heads : LeaseHeads.of(handle, consumer);
        boolean retriesWait = taken.retriesLeft() <= 0 && now.due().stream().anyMatch(LeaseHeads.Head::retry);
        return new Lease(
                taken.jobs().stream().map(job -> job.leasedBy(holder)).toList(),
                more,
                retriesWait,
                retriesWait ? now.firstDueMicros() : now.nextDueMicros());
    }

    /** Takes jobs for their pull consumer, for {@code length}, and returns them as they are then; more urgent ones first. */
    public List<LiveJob> lease(Handle handle, Xid consumer, Duration length, int wanted, Taker taker) {
        LeaseHeads heads = LeaseHeads.of(handle, consumer);
        if (heads.due().isEmpty()) {
            return List.of();
        }
        Instant now = now(handle);
        Instant until = now.plus(length.truncatedTo(ChronoUnit.MICROS));
        return take(handle, consumer, heads, wanted, taker, due -> jobs.lease(handle, due, now, until))
                .jobs();
    }

    /** The moment by the clock of the database, which decides all due times. */
    private static Instant now(Handle handle) {
        return handle.createQuery("SELECT UTC_TIMESTAMP(6)")
                .mapTo(Instant.class)
                .one();
    }

    private static Taken take(Handle handle, Xid consumer, LeaseHeads heads, int wanted, Taker taker, Holding holding) {
        int retries = taker.retries();
        List<LiveJob> taken = new ArrayList<>();
        boolean full = false;
        boolean left = false;
        int rounding = ThreadLocalRandom.current().nextInt(LeasePlan.ROUNDINGS);
        for (LeasePlan.Share share : LeasePlan.shares(heads.due(), wanted, rounding)) {
            int room = wanted - taken.size();
            if (room == 0 || full) {
                break;
            }
            int limit = Math.min(share.limit(), share.head().retry() ? Math.min(room, retries) : room);
            if (limit <= 0) {
                continue;
            }
            List<LiveJob> some = new ArrayList<>();
            for (LiveJob due : lockDue(handle, consumer, share.head(), limit, taker.takeoversBelow())) {
                Choice choice = taker.choose(due);
                if (choice == Choice.STOP) {
                    full = true;
                    break;
                } else if (choice == Choice.TAKE) {
                    some.add(due);
                } else {
                    left = true;
                }
            }
            if (!some.isEmpty()) {
                taken.addAll(holding.hold(some));
            }
            retries -= share.head().retry() ? some.size() : 0;
        }
        return new Taken(taken, full, left, retries);
    }

    private static List<LiveJob> lockDue(
            Handle handle, Xid consumer, LeaseHeads.Head head, int limit, int takeoversBelow) {
        return handle.createQuery(LOCK_DUE)
                .bind("consumer", consumer)
                .bind("retry", head.line().column())
                .bind("priority", head.priority())
                .bind("ahead", head.line().ahead())
                .bind("takeovers", takeoversBelow)
                .bind("limit", limit)
                .map(LiveJob::of)
                .list();
    }
}
