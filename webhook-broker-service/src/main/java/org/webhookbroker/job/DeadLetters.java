package org.webhookbroker.job;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.audit.Operation;
import org.webhookbroker.audit.Shown;
import org.webhookbroker.audit.Who;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;

/**
 * Gives dead jobs back to the queue, in transactions of at most a thousand, so that even ten million of them hold up nothing.
 * Thread-safe, also against other nodes that requeue the same jobs.
 */
public final class DeadLetters {
    private static final int BATCH = 1000;

    private final Database database;
    private final Registry registry;
    private final Incarnation incarnation;
    private final QueueListener queue;
    private final AuditTrail trail;
    private final DeadLetterStore store = new DeadLetterStore();
    private final JobMoveStore moves = new JobMoveStore();

    public DeadLetters(
            Database database, Registry registry, Incarnation incarnation, QueueListener queue, AuditTrail trail) {
        this.database = database;
        this.registry = registry;
        this.incarnation = incarnation;
        this.queue = queue;
        this.trail = trail;
    }

    /** False when this consumer has no such dead job, for instance since somebody else has just requeued it. */
    public boolean requeue(Consumer consumer, Xid job, Who who) {
        Operation one = trail.once(
                who.doing(Action.REQUEUE).on(consumer.target()).with(new Shown().and("job", job.toString())));
        return requeue(consumer, List.of(job), one) == 1;
    }

    /** For many calls of {@link #requeue}, of which it is the record. */
    public Operation begin(Consumer consumer, Deed deed) {
        return trail.begin(deed.on(consumer.target()));
    }

    /**
     * All that are dead now, those of the oldest messages first. False if some are left.
     *
     * @param timeLeft asked after each page of a few thousand
     */
    public boolean requeueAll(Consumer consumer, BooleanSupplier timeLeft, Who who) {
        Operation recorded = begin(consumer, who.doing(Action.REQUEUE));
        boolean all = false;
        try {
            Optional<Xid> cursor = Optional.empty();
            do {
                DeadLetter.Page page = page(consumer, cursor, DeadLetter.Filter.ALL);
                requeue(consumer, page.matches().stream().map(DeadLetter::id).toList(), recorded);
                cursor = page.next();
            } while (cursor.isPresent() && timeLeft.getAsBoolean());
            all = cursor.isEmpty();
            return all;
        } finally {
            recorded.end(all);
        }
    }

    /** The page of this consumer's dead jobs that begins behind {@code cursor}, or the first. */
    public DeadLetter.Page page(Consumer consumer, Optional<Xid> cursor, DeadLetter.Filter filter) {
        return database.withHandle(handle -> store.page(handle, consumer.id(), cursor, filter));
    }

    /** Requeues those of the jobs that are dead now, and returns how many. */
    public int requeue(Consumer consumer, List<Xid> jobs, Operation recorded) {
        int done = 0;
        for (int from = 0; from < jobs.size(); from += BATCH) {
            done += requeueBatch(consumer, jobs.subList(from, Math.min(from + BATCH, jobs.size())), recorded);
        }
        return done;
    }

    /** Locks in the order of intake: the registry, so that no job outlives its consumer, and our incarnation. */
    private int requeueBatch(Consumer consumer, List<Xid> jobs, Operation recorded) {
        List<Integer> priorities = database.inTransaction(handle -> {
            Registry.Locked locked = registry.lock(handle, incarnation);
            if (locked.snapshot().consumer(consumer.id()).isEmpty()) {
                return List.of();
            }
            Tally tally = new Tally();
            List<Integer> queuedAt = moves.requeue(handle, consumer.id(), jobs, tally);
            tally.write(handle, locked.holder());
            recorded.add(handle, queuedAt.size());
            return queuedAt;
        });
        new TreeSet<>(priorities).forEach(priority -> queue.queued(consumer, priority));
        return priorities.size();
    }
}
