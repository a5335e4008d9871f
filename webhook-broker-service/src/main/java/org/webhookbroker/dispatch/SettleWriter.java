package org.webhookbroker.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.DataError;
import org.webhookbroker.database.Database;
import org.webhookbroker.job.SettleStore;
import org.webhookbroker.job.Settlement;

/**
 * Writes outcomes until each is recorded. One that the database refuses by itself (a trigger, a right that was taken, a lock) waits and
 * is tried again, while the others go on: it may have happened, and would otherwise happen again (G2, G6). Not thread-safe.
 */
final class SettleWriter {
    private static final Logger LOG = LoggerFactory.getLogger(SettleWriter.class);
    static final int BATCH = 500;
    private static final long RETRY_NANOS = 1_000_000_000;
    private static final int PROBES = 8;

    private final Database database;
    private final SettleStore store = new SettleStore();
    private final DispatchMetrics metrics;
    private final Consumer<List<Unwritten>> ended;
    /** What is not written yet, each part of one holder and for one transaction. */
    private final Deque<List<Unwritten>> parts = new ArrayDeque<>();

    private final RefusedOutcomes refused = new RefusedOutcomes();
    private final LockPatience patience = new LockPatience();
    private @Nullable RuntimeException refusal;
    private long retriedAt = System.nanoTime();

    /** @param ended is given what needs no more writing */
    SettleWriter(Database database, DispatchMetrics metrics, Consumer<List<Unwritten>> ended) {
        this.database = database;
        this.metrics = metrics;
        this.ended = ended;
    }

    /** Whether all that was added is written or refused. */
    boolean isIdle() {
        return parts.isEmpty();
    }

    /** There is nearly always one holder. */
    void add(Collection<Unwritten> outcomes) {
        outcomes.stream()
                .collect(Collectors.groupingBy(Unwritten::holder, Collectors.toCollection(ArrayList::new)))
                .values()
                .forEach(this::addParts);
    }

    private void addParts(List<Unwritten> ofOneHolder) {
        for (int from = 0; from < ofOneHolder.size(); from += BATCH) {
            parts.add(ofOneHolder.subList(from, Math.min(from + BATCH, ofOneHolder.size())));
        }
    }

    /** What could not be written since the database is away stays for the next call. */
    void write() {
        if (refused.isEmpty()) {
            patience.allIsWritten();
        } else if (System.nanoTime() - retriedAt > RETRY_NANOS) {
            retry();
        }
        while (!parts.isEmpty()) {
            write(parts.element());
            parts.remove();
        }
    }

    /** Why some are refused, null if none is. */
    @Nullable
    Throwable refusal() {
        return refused.isEmpty() ? null : refusal;
    }

    /**
     * Once one of them can be written, all others of its consumer are tried, and not those of others: to find by halves what is still
     * refused takes two transactions for each, and meanwhile nothing else is written (G6).
     */
    private void retry() {
        retriedAt = System.nanoTime();
        for (int left = Math.min(PROBES, refused.size()); left > 0 && !refused.isEmpty(); ) {
            Unwritten next = refused.next();
            RuntimeException failure = attempt(List.of(next));
            if (failure == null) {
                add(refused.removeAlike());
                continue;
            }
            refused.removeNext();
            refuse(next, failure);
            left--;
        }
    }

    private void write(List<Unwritten> part) {
        RuntimeException failure = attempt(part);
        if (failure != null && part.size() > 1) {
            int middle = part.size() / 2;
            parts.add(part.subList(0, middle));
            parts.add(part.subList(middle, part.size()));
        } else if (failure != null) {
            refuse(part.get(0), failure);
        }
    }

    /** Returns why they are refused, or null once they are written. */
    private @Nullable RuntimeException attempt(List<Unwritten> part) {
        try {
            record(part.get(0).holder(), part);
            return null;
        } catch (RuntimeException failure) {
            if (Database.isLocked(failure)) {
                patience.locked();
            } else if (Database.isUnavailable(failure)) {
                throw failure;
            }
            return failure;
        }
    }

    /** Drops an outcome that no column holds, as none ever will; {@link LostAndFound} finds its job. */
    private void refuse(Unwritten outcome, RuntimeException failure) {
        if (DataError.isCauseOf(failure)) {
            LOG.error("Cannot record {}", outcome.settlement(), failure);
            ended.accept(List.of(outcome));
        } else {
            refusal = failure;
            refused.add(outcome);
        }
    }

    private void record(int holder, List<Unwritten> outcomes) {
        List<Settlement> settlements =
                outcomes.stream().map(Unwritten::settlement).toList();
        metrics.settled(database.inTransaction(
                patience.beforeTransaction(),
                handle -> store.settle(handle, holder, settlements, patience.beforeCounting())));
        ended.accept(outcomes);
    }
}
