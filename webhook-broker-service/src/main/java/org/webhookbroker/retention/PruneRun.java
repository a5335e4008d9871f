package org.webhookbroker.retention;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.webhookbroker.audit.Operation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.DeliveredJob;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.MessageStore;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistrySnapshot;
import org.webhookbroker.retention.PruneStore.Archived;
import org.webhookbroker.retention.PruneStore.Candidate;

/**
 * One pass over all old messages: archives those that are over, and deletes them once their archive file is durable (G10).
 * Crashes and failures lose nothing; what was archived and not deleted is archived again by the next run. Used by one thread.
 */
public final class PruneRun implements AutoCloseable {
    /**
     * @param scanned messages that were looked at
     * @param archived messages in archive files that are durable
     * @param deleted messages that left the tables
     * @param deletedJobs delivered jobs that left with them
     * @param schedules records of scheduled messages that left the tables
     */
    public record Progress(long scanned, long archived, long deleted, long deletedJobs, long schedules) {
        static final Progress NONE = new Progress(0, 0, 0, 0, 0);

        private Progress plus(long moreScanned, long moreArchived, PruneStore.Deleted more, long moreSchedules) {
            return new Progress(
                    scanned + moreScanned,
                    archived + moreArchived,
                    deleted + more.messages(),
                    deletedJobs + more.jobs(),
                    schedules + moreSchedules);
        }
    }

    /**
     * @param cutoff what is older goes
     * @param recorded the record of the run, which counts the messages and records of scheduled messages that leave the tables
     */
    record Order(RetentionSettings.Pace pace, Instant cutoff, Operation recorded) {}

    private static final PruneStore.Deleted NOTHING = new PruneStore.Deleted(0, 0);

    /** What is read from the database at once, unless a single message has more (G8). */
    private static final long PORTION_BYTES = 4L << 20;

    private static final int PORTION_JOBS = 5000;
    /** No portion takes longer. Time beyond this was an upload, which is no work for the database. */
    private static final long LONGEST_REST = 1_000_000_000L;

    private final Database database;
    private final Registry registry;
    private final PruneLease lease;
    private final ArchiveWriter archive;
    private final RetentionSettings.Pace pace;
    private final Instant cutoff;
    private final Operation recorded;
    private final PruneStore store = new PruneStore();
    private final EndedSchedules schedules = new EndedSchedules();
    private final MessageStore messages = new MessageStore();
    /** Written, and not durable yet: batches to delete once they are. */
    private final List<List<Archived>> waiting = new ArrayList<>();

    private long restedAt = System.nanoTime();
    private Xid cursor = new Xid(0, 0);
    private Xid scheduleCursor = new Xid(0, 0);
    private Progress progress = Progress.NONE;
    private boolean messagesDone;
    private boolean endsFilledIn;
    private boolean ended;

    PruneRun(Database database, Registry registry, PruneLease lease, ArchiveWriter archive, Order order) {
        this.database = database;
        this.registry = registry;
        this.lease = lease;
        this.archive = archive;
        this.pace = order.pace();
        this.cutoff = order.cutoff();
        this.recorded = order.recorded();
    }

    public Progress progress() {
        return progress;
    }

    /** Works for a bounded time and returns false at the end of the run. What is not durable by then stays stored. */
    public boolean step() {
        ended = !(messagesDone ? stepSchedules() : stepMessages());
        return !ended;
    }

    private boolean stepMessages() {
        PruneStore.Page page = database.inTransaction(handle -> {
            lease.renew(handle);
            return store.page(handle, cursor, cutoff);
        });
        progress = progress.plus(page.scanned(), 0, NOTHING, 0);
        for (List<Candidate> portion : portions(page.prunable())) {
            write(portion);
            rest();
        }
        Optional<Xid> next = page.next();
        next.ifPresent(id -> cursor = id);
        if (next.isEmpty()) {
            finish(true);
            messagesDone = true;
        }
        return true;
    }

    private boolean stepSchedules() {
        if (!endsFilledIn) {
            Optional<Xid> next = database.inTransaction(handle -> {
                lease.renew(handle);
                return schedules.fillInEnds(handle, scheduleCursor, pace.batchSize());
            });
            scheduleCursor = next.orElse(scheduleCursor);
            endsFilledIn = next.isEmpty();
            rest();
            return true;
        }
        int deleted = database.inTransaction(handle -> {
            lease.renew(handle);
            int gone = schedules.delete(handle, cutoff, pace.batchSize());
            recorded.add(handle, gone);
            return gone;
        });
        progress = progress.plus(0, 0, NOTHING, deleted);
        rest();
        return deleted == pace.batchSize();
    }

    private List<List<Candidate>> portions(List<Candidate> prunable) {
        Map<Xid, Long> sizes = database.withHandle(handle -> store.sizes(handle, prunable));
        List<List<Candidate>> portions = new ArrayList<>();
        List<Candidate> portion = new ArrayList<>();
        long bytes = 0;
        long jobs = 0;
        for (Candidate message : prunable) {
            bytes += sizes.getOrDefault(message.id(), 0L);
            jobs += message.jobCount();
            boolean full = portion.size() >= pace.batchSize() || bytes > PORTION_BYTES || jobs > PORTION_JOBS;
            if (full && !portion.isEmpty()) {
                portions.add(portion);
                portion = new ArrayList<>();
                bytes = sizes.getOrDefault(message.id(), 0L);
                jobs = message.jobCount();
            }
            portion.add(message);
        }
        if (!portion.isEmpty()) {
            portions.add(portion);
        }
        return portions;
    }

    private void write(List<Candidate> portion) {
        RegistrySnapshot snapshot = registry.refresh();
        Map<Xid, Message> contents = database.withHandle(handle ->
                messages.byIds(handle, portion.stream().map(Candidate::id).toList()));
        Map<Xid, List<DeliveredJob>> jobs = database.withHandle(handle -> store.delivered(handle, portion));
        List<Archived> batch = new ArrayList<>();
        for (Candidate candidate : portion) {
            Message message = contents.get(candidate.id());
            if (message == null) {
                continue;
            }
            List<DeliveredJob> delivered = jobs.getOrDefault(candidate.id(), List.of());
            archive.write(new ArchiveRecord(message, delivered, snapshot));
            batch.add(new Archived(candidate.id(), delivered.size()));
            if (archive.isFull()) {
                waiting.add(batch);
                finish(false);
                batch = new ArrayList<>();
            }
        }
        if (!batch.isEmpty()) {
            waiting.add(batch);
        }
    }

    /** First durable, then deleted: this order must not change. */
    private void finish(boolean last) {
        archive.finish(last);
        long durable = waiting.stream().mapToLong(List::size).sum();
        progress = progress.plus(0, durable, NOTHING, 0);
        for (List<Archived> batch : waiting) {
            delete(batch);
            rest();
        }
        waiting.clear();
    }

    /**
     * Rests for as long as it has worked since the last rest. So it takes at most half a core, and half of what the database can
     * do: with short pauses alone intake fell to 47 % in its worst second, on two cores.
     */
    private void rest() {
        long shortest = pace.pause().toNanos();
        if (shortest > 0) {
            long worked = Math.min(System.nanoTime() - restedAt, LONGEST_REST);
            LockSupport.parkNanos(Math.max(shortest, worked));
        }
        restedAt = System.nanoTime();
    }

    private void delete(List<Archived> batch) {
        PruneStore.Deleted deleted = database.inTransaction(handle -> {
            lease.renew(handle);
            PruneStore.Deleted gone = store.delete(handle, batch);
            recorded.add(handle, gone.messages());
            return gone;
        });
        progress = progress.plus(0, 0, deleted, 0);
    }

    /** Ends the run, or breaks it off: an incomplete file is dropped, and none of its messages has been deleted. */
    @Override
    public void close() {
        try {
            recorded.end(ended);
            archive.close();
        } finally {
            lease.release();
        }
    }

    /** For people. */
    @Override
    public String toString() {
        return ("%s messages looked at, %s archived, %s deleted with %s delivered jobs, and %s records of scheduled messages deleted,"
                        + " for being received or ended before %s")
                .formatted(
                        progress.scanned,
                        progress.archived,
                        progress.deleted,
                        progress.deletedJobs,
                        progress.schedules,
                        cutoff);
    }
}
