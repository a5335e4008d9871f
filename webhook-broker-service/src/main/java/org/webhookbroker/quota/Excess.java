package org.webhookbroker.quota;

import java.time.Duration;

/**
 * A quota that a broadcast exceeds.
 *
 * @param text which one, and its limit
 * @param delay until it lets the broadcast pass if nobody else sends. Of live jobs: until it is looked at again
 */
public record Excess(QuotaKind kind, String text, Duration delay) {
    /** The whole seconds after which {@link #delay} is over. */
    public long seconds() {
        return Math.max(1, delay.plusNanos(999_999_999).toSeconds());
    }
}
