package org.webhookbroker.seed;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;

/**
 * Applies the seed data once after the start, unless some node has applied the same data last. Of several nodes one does it;
 * the others look again later, and if it dies one of them takes over.
 */
final class Seeding implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(Seeding.class);

    private final SeedFactory seed;
    private final AppStateStore states;
    private final Incarnation incarnation;
    private final SeedWriter writer;
    private boolean done;

    Seeding(SeedFactory seed, AppStateStore states, Incarnation incarnation, SeedWriter writer) {
        this.seed = seed;
        this.states = states;
        this.incarnation = incarnation;
        this.writer = writer;
    }

    @Override
    public boolean runOnce() {
        if (done) {
            return false;
        }
        AppState state = states.readOrCreate();
        byte[] fingerprint = seed.fingerprint(state.salt());
        int mine = incarnation.id();
        if (state.has(fingerprint)) {
            done = true;
        } else if (states.claim(mine, fingerprint)) {
            int applied = writer.apply(seed);
            done = states.complete(mine, fingerprint);
            LOG.info("Applied {} seed entries", applied);
        }
        return false;
    }

    boolean isDone() {
        return done;
    }
}
