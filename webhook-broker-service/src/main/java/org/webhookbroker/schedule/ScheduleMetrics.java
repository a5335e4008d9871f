package org.webhookbroker.schedule;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;

/** What this node did for scheduled messages. */
final class ScheduleMetrics {
    private static final double MILLIS = 1e3;

    private final Counter promoted;
    private final Counter duplicates;
    private final Counter failures;
    private final Gauge oldestDue;

    ScheduleMetrics(PrometheusRegistry registry) {
        promoted = Counter.builder()
                .name("webhook_broker_scheduled_promoted_total")
                .help("Scheduled messages of which this node made ordinary ones")
                .register(registry);
        duplicates = Counter.builder()
                .name("webhook_broker_scheduled_duplicates_total")
                .help("Scheduled messages that ended without a delivery, since an ordinary message had their id")
                .register(registry);
        failures = Counter.builder()
                .name("webhook_broker_scheduled_failures_total")
                .help("Promotions that failed for the message's own sake; each is tried again after a minute")
                .register(registry);
        oldestDue = Gauge.builder()
                .name("webhook_broker_oldest_due_scheduled_seconds")
                .help("How long the oldest scheduled message that is not promoted yet has been due")
                .register(registry);
    }

    /** @param nextIn until the next one is due; negative when it is */
    void looked(Duration nextIn) {
        oldestDue.set(Math.max(0, -nextIn.toMillis()) / MILLIS);
    }

    void promoted(int made, int skipped) {
        promoted.inc(made);
        duplicates.inc(skipped);
    }

    void failed() {
        failures.inc();
    }
}
