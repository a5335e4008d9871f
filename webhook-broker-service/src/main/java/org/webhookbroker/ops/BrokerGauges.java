package org.webhookbroker.ops;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.webhookbroker.ops.BacklogSnapshot.ConsumerBacklog;
import org.webhookbroker.registry.ConsumerType;

/**
 * The state of the queue for Prometheus. The first two are those of contract 8.3. Consumers
 * are labels only up to a limit, those with the most dead and live jobs first. Thread-safe.
 */
final class BrokerGauges {
    private static final double MICROS = 1e6;
    private static final double MILLIS = 1e3;

    /**
     * What is shown of one snapshot, which many gauges of many scrapes show: to sort a hundred thousand consumers takes long.
     *
     * @param labelled those with the most dead and live jobs
     */
    private record Shown(BacklogSnapshot of, List<ConsumerBacklog> labelled, List<ConsumerBacklog> longestWaiting) {}

    private final Supplier<BacklogSnapshot> backlogs;
    private final int labelledConsumers;
    private volatile Shown shown = new Shown(BacklogSnapshot.NONE, List.of(), List.of());

    BrokerGauges(Supplier<BacklogSnapshot> backlogs, int labelledConsumers) {
        this.backlogs = backlogs;
        this.labelledConsumers = labelledConsumers;
    }

    /** @param unaccounted of the last accounting, negative before the first */
    void register(PrometheusRegistry registry, AtomicLong unaccounted) {
        GaugeWithCallback.builder()
                .name("queued_job_count")
                .help("The current number of jobs in the queue")
                .callback(gauge -> gauge.call((double) backlogs.get().consumers().stream()
                        .mapToLong(each -> each.totals().live())
                        .sum()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("dead_job_count")
                .help("Number of dead jobs per consumer")
                .labelNames("channel", "consumer")
                .callback(gauge ->
                        dead().forEach(each -> gauge.call((double) each.totals().dead(), labels(each))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("webhook_broker_live_jobs")
                .help("Jobs per consumer that are queued or in flight")
                .labelNames("channel", "consumer")
                .callback(gauge -> shown().labelled().stream()
                        .forEach(each -> gauge.call((double) each.totals().live(), labels(each))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("webhook_broker_oldest_due_job_seconds")
                .help("How long the oldest queued job of any push consumer has been due")
                .callback(gauge -> gauge.call(backlogs.get().consumers().stream()
                                .filter(each -> each.consumer().type() == ConsumerType.PUSH)
                                .mapToLong(each -> each.waited().toNanos() / 1000)
                                .max()
                                .orElse(0)
                        / MICROS))
                .register(registry);
        GaugeWithCallback.builder()
                .name("webhook_broker_oldest_undelivered_job_seconds")
                .help("Age of the oldest live job per consumer, queued or in flight")
                .labelNames("channel", "consumer", "type")
                .callback(gauge -> shown().longestWaiting().stream()
                        .forEach(each -> gauge.call(
                                each.oldest().toMillis() / MILLIS,
                                each.consumer().channel().publicId(),
                                each.consumer().id().toString(),
                                each.consumer().type().wireName())))
                .register(registry);
        registry.register(this::consumers);
        GaugeWithCallback.builder()
                .name("webhook_broker_unaccounted_jobs")
                .help(
                        "Jobs and messages by which the counters and the tables differ, found by the last accounting task")
                .callback(gauge -> {
                    if (unaccounted.get() >= 0) {
                        gauge.call((double) unaccounted.get());
                    }
                })
                .register(registry);
    }

    /** What the consumers of all series above are called by those who registered them. */
    private InfoSnapshot consumers() {
        InfoSnapshot.Builder all = InfoSnapshot.builder()
                .name("webhook_broker_consumer")
                .help("The id of a consumer in its channel, by its internal one");
        Stream.concat(shown().labelled().stream(), shown().longestWaiting().stream())
                .map(ConsumerBacklog::consumer)
                .distinct()
                .forEach(each -> all.dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(Labels.of(
                                "channel", each.channel().publicId(),
                                "consumer", each.id().toString(),
                                "id", each.publicId()))
                        .build()));
        return all.build();
    }

    private Shown shown() {
        BacklogSnapshot now = backlogs.get();
        Shown last = shown;
        if (!last.of().equals(now)) {
            last = new Shown(
                    now,
                    first(
                            now,
                            Comparator.<ConsumerBacklog>comparingLong(
                                            each -> each.totals().dead())
                                    .thenComparingLong(each -> each.totals().live())),
                    first(now, Comparator.comparing(ConsumerBacklog::oldest)));
            shown = last;
        }
        return last;
    }

    private List<ConsumerBacklog> first(BacklogSnapshot all, Comparator<ConsumerBacklog> order) {
        return all.consumers().stream()
                .sorted(order.reversed())
                .limit(labelledConsumers)
                .toList();
    }

    /** A consumer that was shown once stays, also at zero: a series that ends would look like a lost node. */
    private List<ConsumerBacklog> dead() {
        return shown().labelled().stream()
                .filter(each -> each.totals().died() > 0)
                .toList();
    }

    private static String[] labels(ConsumerBacklog each) {
        return new String[] {
            each.consumer().channel().publicId(), each.consumer().id().toString()
        };
    }
}
