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
 * Takes due jobs of one consumer. The heads of its priorities come from a loose scan of the lease index, or from marks
 * ({@link QueueMarks}), so the cost does not depend on how many jobs wait, or until when, or are gone. Each priority is then a plain
 * range of the index that begins at its head: to walk to the head with locks takes twenty times as long as without. Of very many
 * priorities only some are looked at, see {@link LeaseHeads}.
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

        /** Jobs with this many takeovers or more are left where they are. */
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

    /** After this long there is another look where the last one found nothing and was not full. */
    private static final long AGAIN_MICROS = QueueMarks.AGAIN.toNanos() / 1000;

    static final String LOCK_DUE = LiveJob.SELECT + """
            FORCE INDEX (job_lease)
            WHERE consumer_id = :consumer AND holder = 0 AND retry = :retry AND priority = :priority
              AND due_at >= :from AND due_at <= UTC_TIMESTAMP(6) + INTERVAL :ahead SECOND AND takeovers < :takeovers
            ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
            """;

    /** Whether the same range has jobs that the statement left out. */
    static final String LEAVES_SOME = """
            SELECT EXISTS (
              SELECT 1 FROM job FORCE INDEX (job_lease)
              WHERE consumer_id = :consumer AND holder = 0 AND retry = :retry AND priority = :priority
                AND due_at >= :from AND due_at <= :last AND takeovers >= :takeovers)
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
    public Lease lease(Handle handle, Xid consumer, int holder, int wanted, Taker taker, Visit visit) {
        LeaseHeads heads = visit.heads(handle, consumer);
        boolean anyDue = !heads.due().isEmpty();
        Taken taken = take(handle, consumer, visit, wanted, taker, due -> {
            jobs.lease(handle, due, holder);
            return due;
        });
        boolean left = taken.full()
                || taken.left()
                || taken.jobs().size() >= wanted
                || (!heads.complete() && !taken.jobs().isEmpty());
        boolean more = anyDue && left;
        // Behind a head that was due there may be a job that is due, or will be: only a second reading shows it.
        LeaseHeads now = !anyDue || more ? heads : visit.headsAgain(handle, consumer);
        boolean retriesWait = taken.retriesLeft() <= 0 && now.due().stream().anyMatch(LeaseHeads.Head::retry);
        long nextDue = retriesWait ? now.firstDueMicros() : now.nextDueMicros();
        return new Lease(
                taken.jobs().stream().map(job -> job.leasedBy(holder)).toList(),
                more,
                retriesWait,
                visit.isFull() ? nextDue : Math.min(nextDue, AGAIN_MICROS));
    }

    /** Takes jobs for their pull consumer, for {@code length}, and returns them as they are then; more urgent ones first. */
    public List<LiveJob> lease(Handle handle, Xid consumer, Duration length, int wanted, Taker taker, Visit visit) {
        if (visit.heads(handle, consumer).due().isEmpty()) {
            return List.of();
        }
        Instant now = now(handle);
        Instant until = now.plus(length.truncatedTo(ChronoUnit.MICROS));
        return take(handle, consumer, visit, wanted, taker, due -> jobs.lease(handle, due, now, until))
                .jobs();
    }

    /** The moment by the clock of the database, which decides all due times. */
    private static Instant now(Handle handle) {
        return handle.createQuery("SELECT UTC_TIMESTAMP(6)")
                .mapTo(Instant.class)
                .one();
    }

    private static Taken take(Handle handle, Xid consumer, Visit visit, int wanted, Taker taker, Holding holding) {
        int retries = taker.retries();
        List<LiveJob> taken = new ArrayList<>();
        boolean full = false;
        boolean left = false;
        int rounding = ThreadLocalRandom.current().nextInt(LeasePlan.ROUNDINGS);
        for (LeasePlan.Share share : LeasePlan.shares(visit.due(), wanted, rounding)) {
            int room = wanted - taken.size();
            if (room == 0 || full) {
                break;
            }
            int limit = Math.min(share.limit(), share.head().retry() ? Math.min(room, retries) : room);
            if (limit <= 0) {
                continue;
            }
            List<LiveJob> some = new ArrayList<>();
            boolean leftSome = false;
            int takeoversBelow = taker.takeoversBelow();
            for (LiveJob due : lockDue(handle, consumer, visit, share.head(), limit, takeoversBelow)) {
                Choice choice = taker.choose(due);
                if (choice == Choice.STOP) {
                    full = true;
                    break;
                } else if (choice == Choice.TAKE) {
                    some.add(due);
                } else {
                    leftSome = true;
                }
            }
            if (!some.isEmpty()) {
                taken.addAll(holding.hold(some));
            }
            if (!some.isEmpty() && !leftSome) {
                Instant last = some.get(some.size() - 1).dueAt();
                if (!leavesSome(handle, consumer, visit, share.head(), last, takeoversBelow)) {
                    visit.reached(share.head(), last);
                }
            }
            left |= leftSome;
            retries -= share.head().retry() ? some.size() : 0;
        }
        return new Taken(taken, full, left, retries);
    }

    private static List<LiveJob> lockDue(
            Handle handle, Xid consumer, Visit visit, LeaseHeads.Head head, int limit, int takeoversBelow) {
        return handle.createQuery(LOCK_DUE)
                .bind("consumer", consumer)
                .bind("retry", head.line().column())
                .bind("priority", head.priority())
                .bind("from", visit.reached(head))
                .bind("ahead", head.line().ahead())
                .bind("takeovers", takeoversBelow)
                .bind("limit", limit)
                .map(LiveJob::of)
                .list();
    }

    private static boolean leavesSome(
            Handle handle, Xid consumer, Visit visit, LeaseHeads.Head head, Instant last, int takeoversBelow) {
        return takeoversBelow < Integer.MAX_VALUE
                && handle.createQuery(LEAVES_SOME)
                        .bind("consumer", consumer)
                        .bind("retry", head.line().column())
                        .bind("priority", head.priority())
                        .bind("from", visit.reached(head))
                        .bind("last", last)
                        .bind("takeovers", takeoversBelow)
                        .mapTo(Boolean.class)
                        .one();
    }
}
