package org.webhookbroker.pull;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;

/** Counts of what pull consumers did through this node. No consumer in the labels: their number has no bound. */
final class PullMetrics {
    enum Event {
        LEASED,
        DELIVERED,
        RETRIED,
        DEAD,
        /** Given back without an attempt. */
        RELEASED,
        TIMED_OUT,
        /** Of a lease that had ended: it changed nothing. */
        STALE;

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Counter jobs;

    PullMetrics(PrometheusRegistry registry) {
        jobs = Counter.builder()
                .name("webhook_broker_pull_jobs_total")
                .help("Jobs of pull consumers by what happened; stale is what came too late and changed nothing")
                .labelNames("event")
                .register(registry);
        // A rate does not see the first event of a series that begins with it.
        for (Event event : Event.values()) {
            jobs.initLabelValues(event.label());
        }
    }

    void count(Event event, int count) {
        if (count > 0) {
            jobs.labelValues(event.label()).inc(count);
        }
    }
}
