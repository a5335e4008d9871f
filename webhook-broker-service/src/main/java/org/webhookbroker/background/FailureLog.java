package org.webhookbroker.background;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a failure at once, and further ones once a minute with their number: an outage must not fill the log. Used by one
 * thread.
 */
final class FailureLog {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoop.class);
    private static final Duration QUIET = Duration.ofMinutes(1);

    private final String loop;
    private long toldAt = System.nanoTime() - QUIET.toNanos();
    private boolean told;
    private int untold;

    FailureLog(String loop) {
        this.loop = loop;
    }

    void failed(Throwable thrown) {
        if (thrown instanceof IncarnationEndedException) {
            // The heartbeat tells of it, and begins another.
            LOG.debug("Background loop {} waits for another incarnation", loop, thrown);
            return;
        }
        if (System.nanoTime() - toldAt < QUIET.toNanos()) {
            untold++;
            LOG.debug("Background loop {} failed again", loop, thrown);
            return;
        }
        if (untold == 0) {
            LOG.error("Background loop {} failed; trying again until it works", loop, thrown);
        } else {
            LOG.error("Background loop {} failed, and {} times before since it was last told", loop, untold, thrown);
        }
        toldAt = System.nanoTime();
        told = true;
        untold = 0;
    }

    /** A loop that fails and works in turns is logged once a minute too. */
    void ended() {
        if (told) {
            LOG.info("Background loop {} works again", loop);
            told = false;
        }
    }
}
