package org.webhookbroker.dispatch;

import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Database.LockWait;

/**
 * For which locks a transaction with outcomes waits. While one waits no outcome is written, so few may wait in vain (G6). Counters are
 * another matter than jobs: transactions of intake hold them in turn, each for a moment, so not to wait for them is never to get them.
 * Not thread-safe.
 */
final class LockPatience {
    private static final long WITHOUT_COUNTERS_NANOS = 10_000_000_000L;

    private LockWait forJobs = LockWait.ONCE;
    private boolean isCounting;
    private boolean areCountersLocked;
    private long countersLockedAt;

    /** After one transaction has waited in vain, none waits for a job until all is written. */
    void allIsWritten() {
        forJobs = LockWait.ONCE;
    }

    LockWait beforeTransaction() {
        areCountersLocked &= System.nanoTime() - countersLockedAt < WITHOUT_COUNTERS_NANOS;
        return forJobs;
    }

    /** To be called in the transaction, once its jobs are written. */
    Consumer<Handle> beforeCounting() {
        isCounting = false;
        return handle -> {
            isCounting = true;
            if (forJobs == LockWait.NEVER && !areCountersLocked) {
                Database.waitFromHere(handle);
            }
        };
    }

    /** The last transaction failed, since somebody held what it needed. */
    void locked() {
        if (forJobs == LockWait.NEVER && isCounting && !areCountersLocked) {
            areCountersLocked = true;
            countersLockedAt = System.nanoTime();
        }
        forJobs = LockWait.NEVER;
    }
}
