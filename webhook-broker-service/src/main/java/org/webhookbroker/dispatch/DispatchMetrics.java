package org.webhookbroker.dispatch;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import org.webhookbroker.job.SettleStore;
import org.webhookbroker.outbound.Outcome;

/** Counts of what dispatch did. No label names a consumer, since the number of consumers has no bound. */
final class DispatchMetrics {
    private static final double NANOS = 1e9;

    /** Shown at zero from the start, since a rate does not see the first event of a series that begins with it. */
    private static final List<String> STATES =
            List.of("delivered", "retried", "unreached", "dead", "released", "stale");

    private static final List<String> USUAL_REASONS = List.of(
            "status-200",
            "status-429",
            "status-500",
            "status-503",
            "timeout",
            "connect",
            "connect-timeout",
            "dns",
            "reset",
            "tls");

    private final Histogram attempts;
    private final Counter settlements;
    private final Counter takeovers;

    DispatchMetrics(PrometheusRegistry registry) {
        attempts = Histogram.builder()
                .name("webhook_broker_attempt_seconds")
                .help("Time of delivery attempts by what became of them")
                .labelNames("reason")
                .classicUpperBounds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
                .register(registry);
        settlements = Counter.builder()
                .name("webhook_broker_settlements_total")
                .help("Outcomes recorded; stale ones changed nothing, since another node held the job by then")
                .labelNames("state")
                .register(registry);
        takeovers = Counter.builder()
                .name("webhook_broker_takeovers_total")
                .help("Jobs taken over from incarnations that ended")
                .register(registry);
        STATES.forEach(settlements::initLabelValues);
        USUAL_REASONS.forEach(attempts::initLabelValues);
    }

    void register(MemoryBudget budget, PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("webhook_broker_dispatch_bytes_limit")
                .help("Most that webhook_broker_dispatch_bytes may be")
                .callback(callback -> callback.call((double) budget.limit()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("webhook_broker_dispatch_bytes")
                .help("Bytes of messages held for delivery, beyond what each lane has of its own")
                .callback(callback -> callback.call((double) budget.shared()))
                .register(registry);
    }

    void attempted(Outcome outcome, long nanos) {
        attempts.labelValues(outcome.reason()).observe(nanos / NANOS);
    }

    void settled(SettleStore.Settled settled) {
        count("delivered", settled.delivered());
        count("retried", settled.retried());
        count("unreached", settled.unreached());
        count("dead", settled.dead());
        count("released", settled.released());
        count("stale", settled.stale());
    }

    void tookOver(int jobs) {
        takeovers.inc(jobs);
    }

    private void count(String state, int count) {
        if (count > 0) {
            settlements.labelValues(state).inc(count);
        }
    }
}
