package org.webhookbroker.background;

import java.util.ArrayList;
import java.util.List;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Database.LockWait;

/**
 * Collects the failures of one pass over many items: an item that fails must not hold up the others (G6). At its end the pass fails
 * with all of them, so that each shows (G9). Not thread-safe.
 */
public final class ItemFailures {
    /** Each has waited for two seconds; then the others have waited long enough. */
    private static final int WAITS = 3;

    private final List<ItemsFailedException> failures = new ArrayList<>();
    private int locked;

    /**
     * Works on one item, and keeps its failure. A failure that all items would share is thrown at once: the database is away, or
     * our incarnation has ended. It then has those that were kept as suppressed ones. What somebody has locked may be of one item alone.
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
            locked += Database.isLocked(failure) ? 1 : 0;
            failures.add(new ItemsFailedException(what, failure));
        }
    }

    /** How the next item waits for locks. All are tried, as those that are locked may come first in each pass. */
    public LockWait lockWait() {
        return locked < WAITS ? LockWait.ONCE : LockWait.NEVER;
    }

    /** Throws one exception that has them all; does nothing if there is none. */
    public void throwAll() {
        if (failures.isEmpty()) {
            return;
        }
        ItemsFailedException first = failures.get(0);
        if (failures.size() == 1) {
            throw first;
        }
        ItemsFailedException all =
                new ItemsFailedException(failures.size() + " items failed, the first: " + first.getMessage(), first);
        failures.subList(1, failures.size()).forEach(all::addSuppressed);
        throw all;
    }
}
