package org.webhookbroker.background;

import io.dropwizard.lifecycle.Managed;
import java.util.List;

/** A part of the broker that works in background loops: started, stopped, and as healthy as its loops are. */
public interface Looping extends Managed {
    /** All of them, in the order of their start. */
    List<BackgroundLoop> loops();

    @Override
    default void start() {
        loops().forEach(BackgroundLoop::start);
    }

    /** The loop that was started last stops first. */
    @Override
    default void stop() throws Exception {
        List<BackgroundLoop> loops = loops();
        for (int i = loops.size() - 1; i >= 0; i--) {
            loops.get(i).stop();
        }
    }
}
