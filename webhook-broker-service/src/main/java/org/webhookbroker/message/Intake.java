package org.webhookbroker.message;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.ByteBudget;
import org.webhookbroker.background.Looping;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;

/**
 * Where messages enter. Thread-safe.
 *
 * @param budget of payloads that are read and wait for their commit
 * @param transaction for messages that do not come from a request
 */
public record Intake(
        GroupCommit<NewMessage> group, ByteBudget budget, IntakeFactory.Limits limits, IntakeTransaction transaction)
        implements Looping {
    /** Answered once the message is committed (G1). */
    public CompletableFuture<BroadcastResult> submit(
            Channel channel, Producer producer, String publicId, Content content) {
        return group.submit(new NewMessage(channel.id(), producer.id(), publicId, content));
    }

    @Override
    public List<BackgroundLoop> loops() {
        return group.loops();
    }

    @Override
    public void stop() throws InterruptedException {
        group.stop();
    }

    public void register(PrometheusRegistry metrics) {
        CounterWithCallback.builder()
                .name("webhook_broker_messages_accepted_total")
                .help("Messages stored and acknowledged by this node")
                .callback(callback -> callback.call((double) group.accepted()))
                .register(metrics);
        GaugeWithCallback.builder()
                .name("webhook_broker_intake_bytes")
                .help("Bytes of payloads that wait for their commit")
                .callback(callback -> callback.call((double) budget.used()))
                .register(metrics);
    }
}
