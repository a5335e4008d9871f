package org.webhookbroker.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What producers sent.
 *
 * @param bySecond acknowledged in each second
 * @param late acknowledged after the last second
 * @param latency microseconds until the answer
 */
record Sent(List<Long> bySecond, long late, long refused, Histogram latency, long cpuNanos) {
    long acknowledged() {
        return bySecond.stream().mapToLong(Long::longValue).sum() + late;
    }

    double perSecond() {
        return (double) acknowledged() / bySecond.size();
    }

    /** Of the worst second. The first one does not count: connections are made in it. */
    double slowestSecond() {
        return bySecond.stream().skip(1).mapToLong(Long::longValue).min().orElse(0);
    }
}
