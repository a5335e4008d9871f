package org.webhookbroker.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What producers sent.
 *
 * @param seconds for which they sent
 * @param latency microseconds until the answer
 * @param bySecond acknowledged in each second, if the producers counted that
 */
record Sent(long acknowledged, double seconds, long refused, Histogram latency, long cpuNanos, List<Long> bySecond) {
    double perSecond() {
        return acknowledged / seconds;
    }

    /** Of the worst second. The first one does not count: connections are made in it. */
    double slowestSecond() {
        return bySecond.stream().skip(1).mapToLong(Long::longValue).min().orElse(0);
    }
}
