package org.webhookbroker.job;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.audit.Operation;
import org.webhookbroker.audit.Shown;
import org.webhookbroker.audit.Who;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Consumer;

/**
 * Deletes dead letters for good, in transactions of a thousand at most. It deletes only exhausted ones: they had all their retries,
 * or were given up because each process that held them died. It leaves jobs that a consumer itself declared dead early, and jobs
 * whose limit has been raised since. Thread-safe, also against other nodes and against requests that requeue the same jobs.
 */
public final class DeadLetterPurge {
    private static final int BATCH = 1000;

    /** @param whole false if its time was over before */
    private record Purged(long deleted, boolean whole) {}

    private final Database database;
    private final RetryPolicy retries;
    private final AuditTrail trail;
    private final DeadLetterStore store = new DeadLetterStore();
    private final JobMoveStore moves = new JobMoveStore();
    private volatile Runnable listener = () -> {};

    public DeadLetterPurge(Database database, RetryPolicy retries, AuditTrail trail) {
        this.database = database;
        this.retries = retries;
        this.trail = trail;
    }

    /** Told after each call that deleted something. */
    public void onDeletion(Runnable told) {
        listener = told;
    }

    /**
     * Those of the oldest messages first. Returns how many were deleted.
     *
     * @param timeLeft asked after each batch; once it says no, the rest is left to the next purge
     */
    public long purge(Consumer consumer, BooleanSupplier timeLeft, Who who) {
        Operation recorded = trail.begin(who.doing(Action.PURGE).on(consumer.target()));
        boolean whole = false;
        try {
            Purged purged = purge(consumer, timeLeft, recorded);
            whole = purged.whole();
            return purged.deleted();
        } finally {
            recorded.end(whole);
        }
    }

    private Purged purge(Consumer consumer, BooleanSupplier timeLeft, Operation recorded) {
        int limit = limit(consumer);
        long deleted = 0;
        Optional<Xid> cursor = Optional.empty();
        do {
            Optional<Xid> from = cursor;
            DeadLetterStore.IdPage page =
                    database.withHandle(handle -> store.exhausted(handle, consumer.id(), from, limit, BATCH));
            deleted += delete(consumer, page.ids(), limit, recorded);
            cursor = page.next();
        } while (cursor.isPresent() && timeLeft.getAsBoolean());
        tell(deleted);
        return new Purged(deleted, cursor.isEmpty());
    }

    /** False if this consumer has no such dead job, or the job is not exhausted. */
    public boolean delete(Consumer consumer, Xid job, Who who) {
        Operation one =
                trail.once(who.doing(Action.PURGE).on(consumer.target()).with(new Shown().and("job", job.toString())));
        int deleted = delete(consumer, List.of(job), limit(consumer), one);
        tell(deleted);
        return deleted == 1;
    }

    private int delete(Consumer consumer, List<Xid> jobs, int limit, Operation recorded) {
        if (jobs.isEmpty()) {
            return 0;
        }
        return database.inTransaction(handle -> {
            Tally tally = new Tally();
            int purged = moves.purge(handle, consumer.id(), limit, jobs, tally);
            tally.write(handle, Tally.COMMON);
            recorded.add(handle, purged);
            return purged;
        });
    }

    private int limit(Consumer consumer) {
        return retries.with(consumer.retries()).maxRetries();
    }

    private void tell(long deleted) {
        if (deleted > 0) {
            listener.run();
        }
    }
}
