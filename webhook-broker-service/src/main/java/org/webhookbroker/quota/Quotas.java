package org.webhookbroker.quota;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Looping;
import org.webhookbroker.database.Xid;

/** All quotas of broadcasts. Thread-safe. */
public final class Quotas implements Looping {
    /** How old what is known of live jobs may be. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private final @Nullable SendQuotas send;
    private final @Nullable JobQuotas jobs;
    private final List<BackgroundLoop> loops;
    private final Counter refused;

    /** Null for those that nobody has set. */
    Quotas(@Nullable SendQuotas send, @Nullable JobQuotas jobs, PrometheusRegistry metrics) {
        this.send = send;
        this.jobs = jobs;
        this.loops = jobs == null ? List.of() : List.of(new BackgroundLoop("quotas", LOOK, jobs));
        this.refused = Counter.builder()
                .name("webhook_broker_quota_refusals_total")
                .help("Broadcasts answered 429, by whose quota it was")
                .labelNames("quota")
                .register(metrics);
        for (QuotaKind kind : QuotaKind.values()) {
            refused.initLabelValues(kind.label());
        }
        GaugeWithCallback.builder()
                .name("webhook_broker_quota_held_requests")
                .help("Broadcasts that are held until a consumer has room")
                .callback(callback -> callback.call(jobs == null ? 0 : jobs.held()))
                .register(metrics);
    }

    /** Without any, each {@link #pass} is {@link Pass#FREE}. */
    public boolean areSet() {
        return send != null || jobs != null;
    }

    /** @param channel whose consumers get jobs now; null if none does */
    public Pass pass(Sender sender, @Nullable Xid channel) {
        return new Pass(send, sender, jobs == null || channel == null ? null : jobs.of(channel));
    }

    public void count(Excess refusal) {
        refused.labelValues(refusal.kind().label()).inc();
    }

    @Override
    public List<BackgroundLoop> loops() {
        return loops;
    }
}
