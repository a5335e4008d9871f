package org.webhookbroker.retention;

import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import org.webhookbroker.background.BackgroundLoop;

/** Prunes inside the broker, again and again. To stop it breaks a run off, which loses nothing. */
public final class PruneLoop implements Managed {
    private final PruneDuty duty;
    private final BackgroundLoop loop;

    PruneLoop(Pruner pruner, Duration every) {
        this.duty = new PruneDuty(pruner);
        this.loop = new BackgroundLoop("prune", every, duty);
    }

    /** For health checks. */
    public BackgroundLoop loop() {
        return loop;
    }

    @Override
    public void start() {
        loop.start();
    }

    /** Waits for the step that is under way, at most for the upload of one archive file. */
    @Override
    public void stop() throws InterruptedException {
        loop.stop();
        duty.close();
    }
}
