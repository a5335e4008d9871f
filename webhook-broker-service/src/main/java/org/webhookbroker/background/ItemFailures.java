package org.webhookbroker.background;

import java.util.ArrayList;
import java.util.List;
import org.webhookbroker.database.Database;

/**
 * Collects the failures of one pass over many items: an item that fails must not hold up the others (G6). At its end the pass fails
 * with all of them, so that each shows (G9). Not thread-safe.
 */
public final class ItemFailures {
    private final List<RuntimeException> failures = new ArrayList<>();

    /**
     * Works on one item, and keeps its failure. A failure that all items would share is thrown at once: the database is away, or
     * our incarnation has ended. What somebody has locked may be of one item alone. It then has those that were kept as suppressed ones.
     *
     * @param what the message of its failure, a sentence without its end
     */
    public void collect(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException failure) {
            boolean isShared = Database.isUnavailable(failure) && !Database.isLocked(failure);
            if (isShared || failure instanceof IncarnationEndedException) {
                failures.forEach(failure::addSuppressed);
                throw failure;
            }
            failures.add(new IllegalStateException(what, failure));
        }
    }

    /** Throws one exception that has them all; does nothing if there is none. */
    public void throwAll() {
        if (failures.isEmpty()) {
            return;
        }
        RuntimeException first = failures.get(0);
        if (failures.size() == 1) {
            throw first;
        }
        IllegalStateException all =
                new IllegalStateException(failures.size() + " items failed, the first: " + first.getMessage(), first);
        failures.subList(1, failures.size()).forEach(all::addSuppressed);
        throw all;
    }
}
