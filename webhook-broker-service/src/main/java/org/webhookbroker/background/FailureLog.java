package org.webhookbroker.background;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of failures once and then once a minute with their number: an outage must not fill the log. Of one thread. */
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

    /** Also one that fails and works in turns says so once a minute only. */
    void ended() {
        if (told) {
            LOG.info("Background loop {} works again", loop);
            told = false;
        }
    }
}
