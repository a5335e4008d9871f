package org.webhookbroker.dispatch;

import java.time.Duration;

/**
 * The end of an attempt, as its lane needs to know it.
 *
 * @param pause how long the lane rests; if the consumer was reached, it asked for this pause itself
 * @param why the attempt failed, for people
 */
record Contact(Reachability reachability, Duration pause, String why) {
    static Contact notTried(Duration pause) {
        return new Contact(Reachability.NOT_TRIED, pause, "");
    }
}
