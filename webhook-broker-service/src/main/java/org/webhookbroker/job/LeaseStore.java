package org.webhookbroker.job;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/**
 * Takes due jobs of one consumer. The heads of its priorities come from a loose scan of the lease index, so the cost
 * does not depend on how many jobs wait, for whichever time; each priority is then a plain range of the index. Of very many
 * priorities only some are looked at, see {@link LeaseHeads}.
 */
public final class LeaseStore {
    /**
     * What a look at one consumer's queue found.
     *
     * @param more due jobs were left behind
     * @param retriesWait retries were left behind since no more of them were wanted; they are not counted in the other two
     * @param nextDueMicros until the earliest job that is not due yet, or {@link Long#MAX_VALUE}
     */
    public record Lease(List<LeasedJob> jobs, boolean more, boolean retriesWait, long nextDueMicros) {
        public long nextDueNanos() {
            return nextDueMicros == Long.MAX_VALUE ? Long.MAX_VALUE : nextDueMicros * 1000;
        }
    }

    /** Who takes jobs, and knows what there is room for. */
    public interface Taker {
        Choice choose(Queued job);

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

    static final String LOCK_DUE = """
            SELECT id, message_id, priority, size, attempts, takeovers, possible_duplicate
            FROM job FORCE INDEX (job_lease)
            WHERE consumer_id = :consumer AND holder = 0 AND retry = :retry AND priority = :priority
              AND due_at <= UTC_TIMESTAMP(6) + INTERVAL :ahead SECOND AND takeovers < :takeovers
            ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
            """;

    /** @param takeovers how many incarnations died holding it */
    public record Queued(
            Xid id, Xid messageId, int priority, int size, int attempts, int takeovers, boolean possibleDuplicate) {}

    /**
     * @param wanted at most this many
     * @param taker asked for each job in turn
     */
    public Lease lease(Handle handle, Xid consumer, int holder, int wanted, Taker taker) {
        LeaseHeads heads = LeaseHeads.of(handle, consumer);
        List<LeasePlan.Head> due = heads.due();
        int retries = taker.retries();
        List<LeasedJob> taken = new ArrayList<>();
        boolean full = false;
        boolean leftSome = false;
        int lot = ThreadLocalRandom.current().nextInt(LeasePlan.LOTS);
        for (LeasePlan.Share share : LeasePlan.shares(due, wanted, lot)) {
            int room = wanted - taken.size();
            if (room == 0 || full) {
                break;
            }
            int limit = Math.min(share.limit(), share.head().retry() ? Math.min(room, retries) : room);
            if (limit <= 0) {
                continue;
            }
            List<LeasedJob> some = new ArrayList<>();
            for (Queued queued : lockDue(handle, consumer, share.head(), limit, taker.takeoversBelow())) {
                Choice choice = taker.choose(queued);
                if (choice == Choice.STOP) {
                    full = true;
                    break;
                } else if (choice == Choice.TAKE) {
                    some.add(leased(queued, consumer, holder));
                } else {
                    leftSome = true;
                }
            }
            hold(handle, some, holder);
            taken.addAll(some);
            retries -= share.head().retry() ? some.size() : 0;
        }
        boolean left = full || leftSome || taken.size() >= wanted || (!heads.complete() && !taken.isEmpty());
        boolean more = !due.isEmpty() && left;
        // Behind a head that was due may be one that is or will be: only a second look shows it.
        LeaseHeads now = due.isEmpty() || more ? heads : LeaseHeads.of(handle, consumer);
        boolean retriesWait = retries <= 0 && now.due().stream().anyMatch(LeasePlan.Head::retry);
        return new Lease(taken, more, retriesWait, retriesWait ? now.firstDueMicros() : now.nextDueMicros());
    }

    private static List<Queued> lockDue(
            Handle handle, Xid consumer, LeasePlan.Head head, int limit, int takeoversBelow) {
        return handle.createQuery(LOCK_DUE)
                .bind("consumer", consumer)
                .bind("retry", head.turn().column())
                .bind("priority", head.priority())
                .bind("ahead", head.turn().ahead())
                .bind("takeovers", takeoversBelow)
                .bind("limit", limit)
                .map((row, context) -> new Queued(
                        Columns.xid(row, "id"),
                        Columns.xid(row, "message_id"),
                        row.getInt("priority"),
                        row.getInt("size"),
                        row.getInt("attempts"),
                        row.getInt("takeovers"),
                        row.getBoolean("possible_duplicate")))
                .list();
    }

    private static LeasedJob leased(Queued queued, Xid consumer, int holder) {
        return new LeasedJob(
                queued.id(),
                queued.messageId(),
                consumer,
                holder,
                queued.priority(),
                queued.size(),
                queued.attempts(),
                queued.possibleDuplicate());
    }

    private static void hold(Handle handle, List<LeasedJob> jobs, int holder) {
        if (jobs.isEmpty()) {
            return;
        }
        int held = handle.createUpdate("""
                        UPDATE job SET holder = :holder, changed_at = UTC_TIMESTAMP(6)
                        WHERE id IN (<ids>) AND holder = 0
                        """)
                .bind("holder", holder)
                .bindList("ids", jobs.stream().map(LeasedJob::id).toList())
                .execute();
        if (held != jobs.size()) {
            throw new IllegalStateException("Locked " + jobs.size() + " queued jobs but could hold only " + held);
        }
    }
}
