package org.webhookbroker.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Named results of one scenario, in the order in which they are shown. */
final class Figures {
    private final Map<String, Double> values = new LinkedHashMap<>();

    Figures add(String name, double value) {
        values.put(name, value);
        return this;
    }

    /** @param micros of a latency; if there are none, none is added */
    Figures latency(String name, Histogram micros) {
        if (micros.getTotalCount() == 0) {
            return this;
        }
        return add(name + " p50 ms", micros.getValueAtPercentile(50) / 1e3)
                .add(name + " p99 ms", micros.getValueAtPercentile(99) / 1e3)
                .add(name + " p99.9 ms", micros.getValueAtPercentile(99.9) / 1e3)
                .add(name + " max ms", micros.getMaxValue() / 1e3);
    }

    /** What the messages took between two moments. */
    Figures costs(Meter before, Meter after, Sent sent, long receiverNanos) {
        long count = sent.acknowledged();
        return add("CPU us a message, broker", (double) (after.brokerMicros() - before.brokerMicros()) / count)
                .add("CPU us a message, database", (double) (after.databaseMicros() - before.databaseMicros()) / count)
                .add("CPU us a message, producers", sent.cpuNanos() / 1e3 / count)
                .add("CPU us a message, consumers", receiverNanos / 1e3 / count)
                .add("statements a message", (double) (after.statements() - before.statements()) / count)
                .add("commits a message", (double) (after.commits() - before.commits()) / count);
    }

    /** Of each the median. */
    static Figures medians(List<Figures> several) {
        Figures medians = new Figures();
        several.get(0)
                .values
                .keySet()
                .forEach(name -> medians.add(
                        name,
                        median(several.stream().map(each -> each.get(name)).toList())));
        return medians;
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    double get(String name) {
        return values.getOrDefault(name, Double.NaN);
    }

    Map<String, Double> values() {
        return values;
    }
}
