package org.webhookbroker.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Named results of one scenario, in the order in which they are shown. */
final class Figures {
    private final Map<String, Double> values = new LinkedHashMap<>();

    Figures add(String name, double value) {
        values.put(name, value);
        return this;
    }

    /** @param micros of a latency */
    Figures latency(String name, Histogram micros) {
        return add(name + " p50 ms", micros.getValueAtPercentile(50) / 1e3)
                .add(name + " p99 ms", micros.getValueAtPercentile(99) / 1e3)
                .add(name + " p99.9 ms", micros.getValueAtPercentile(99.9) / 1e3)
                .add(name + " max ms", micros.getMaxValue() / 1e3);
    }

    /** What {@code count} messages took between two moments. */
    Figures costs(Meter before, Meter after, long count, Sent sent, long sinkNanos) {
        return add("CPU us a message, broker", (double) (after.brokerMicros() - before.brokerMicros()) / count)
                .add("CPU us a message, database", (double) (after.databaseMicros() - before.databaseMicros()) / count)
                .add("CPU us a message, producers", sent.cpuNanos() / 1e3 / count)
                .add("CPU us a message, consumers", sinkNanos / 1e3 / count)
                .add("statements a message", (double) (after.statements() - before.statements()) / count)
                .add("commits a message", (double) (after.commits() - before.commits()) / count);
    }

    Map<String, Double> values() {
        return values;
    }
}
