package org.webhookbroker.retention;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.audit.Who;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Looping;

/**
 * Prunes inside the broker again and again, one step a pass. After a failure its health check is red, and the next try comes
 * minutes later, not seconds: each try may write an archive file anew.
 */
public final class PruneLoop implements Looping {
    private static final Logger LOG = LoggerFactory.getLogger(PruneLoop.class);
    private static final Who OWN = Who.within("prune");
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(5);

    private final Pruner pruner;
    private final BackgroundLoop loop;
    private @Nullable PruneRun run;
    private @Nullable RuntimeException failure;
    private long failedAt;

    PruneLoop(Pruner pruner, Duration every) {
        this.pruner = pruner;
        this.loop = new BackgroundLoop("prune", every, this::runOnce);
    }

    @Override
    public List<BackgroundLoop> loops() {
        return List.of(loop);
    }

    /** Waits for the step that is under way, at most for the upload of one archive file. To break off a run loses nothing. */
    @Override
    public void stop() throws InterruptedException {
        loop.stop();
        endRun();
    }

    private boolean runOnce() {
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
            endRun();
            throw thrown;
        }
    }

    private boolean step() {
        PruneRun current = run == null ? pruner.begin(OWN).orElse(null) : run;
        run = current;
        if (current == null) {
            return false;
        }
        boolean more = current.step();
        if (!more) {
            if (current.progress().archived() > 0) {
                LOG.info("Pruned: {}", current);
            }
            endRun();
        }
        return more;
    }

    private void endRun() {
        PruneRun current = run;
        run = null;
        if (current != null) {
            current.close();
        }
    }
}
