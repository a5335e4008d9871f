package org.webhookbroker.retention;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;

/**
 * Prunes inside the broker, one step a pass. A failure turns the loop's health check red, and is tried again after minutes, not
 * seconds: each try may write an archive file anew. Used by one thread at a time.
 */
final class PruneDuty implements BackgroundLoop.Duty, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PruneDuty.class);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(5);

    private final Pruner pruner;
    private @Nullable PruneRun run;
    private @Nullable RuntimeException failure;
    private long failedAt;

    PruneDuty(Pruner pruner) {
        this.pruner = pruner;
    }

    @Override
    public boolean runOnce() {
        RuntimeException known = failure;
        if (known != null && System.nanoTime() - failedAt < AFTER_FAILURE.toNanos()) {
            throw known;
        }
        try {
            boolean more = step();
            failure = null;
            return more;
        } catch (RuntimeException thrown) {
            failure = thrown;
            failedAt = System.nanoTime();
            close();
            throw thrown;
        }
    }

    private boolean step() {
        PruneRun current = run == null ? pruner.begin().orElse(null) : run;
        run = current;
        if (current == null) {
            return false;
        }
        boolean more = current.step();
        if (!more) {
            if (current.progress().archived() > 0) {
                LOG.info("Pruned: {}", current);
            }
            close();
        }
        return more;
    }

    @Override
    public void close() {
        PruneRun current = run;
        run = null;
        if (current != null) {
            current.close();
        }
    }
}
