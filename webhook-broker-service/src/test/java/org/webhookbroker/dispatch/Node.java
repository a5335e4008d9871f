package org.webhookbroker.dispatch;

import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.webhookbroker.Broker;
import org.webhookbroker.BrokerConfiguration;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.message.BroadcastResult;
import org.webhookbroker.message.Content;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;
import org.webhookbroker.registry.Registry;

/** A whole broker without HTTP, with short delays by default. */
final class Node implements AutoCloseable {
    final Broker broker;
    final Registry registry;
    final Incarnation incarnation;
    final Dispatcher dispatcher;
    private final PrometheusRegistry metrics = new PrometheusRegistry();

    private Node(Database database, BrokerConfiguration settings) {
        broker = new Broker(settings, database, Clock.systemUTC(), metrics);
        registry = broker.registry;
        incarnation = broker.incarnation;
        dispatcher = broker.dispatcher;
    }

    static BrokerConfiguration settings() {
        BrokerConfiguration settings = new BrokerConfiguration();
        settings.dispatch.takeoverAfter = Duration.seconds(2);
        settings.dispatch.deliveryTimeout = Duration.seconds(20);
        settings.dispatch.stopTimeout = Duration.seconds(5);
        settings.dispatch.maxBytesInMemory = DataSize.mebibytes(16);
        settings.retry.delays = List.of(Duration.milliseconds(20));
        settings.retry.maxRetries = 3;
        return settings;
    }

    static Node start(Database database) {
        return start(database, settings -> {});
    }

    static Node start(Database database, Consumer<BrokerConfiguration> change) {
        BrokerConfiguration settings = settings();
        change.accept(settings);
        Node node = new Node(database, settings);
        try {
            node.broker.start();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
        return node;
    }

    CompletableFuture<BroadcastResult> send(String channel, String id, int priority, byte[] payload) {
        Channel target = registry.current().channel(channel).orElseThrow();
        Producer producer = registry.current().producer("p").orElseThrow();
        return broker.intake.submit(target, producer, id, new Content("text/plain", priority, Map.of(), payload));
    }

    /** Sends {@code count} messages named {@code prefix-n}, and waits until all are accepted. */
    List<String> sendMany(String channel, String prefix, int count) {
        List<String> ids = new ArrayList<>();
        List<CompletableFuture<BroadcastResult>> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(prefix + "-" + i);
            results.add(send(channel, prefix + "-" + i, 0, new byte[100]));
        }
        for (CompletableFuture<BroadcastResult> result : results) {
            if (result.join() != BroadcastResult.ACCEPTED) {
                throw new IllegalStateException("Not accepted: " + result.join());
            }
        }
        return ids;
    }

    /** How many outcomes were recorded so: delivered, retried, dead, released, stale. */
    double settled(String state) {
        return metrics.scrape().stream()
                .filter(metric -> metric.getMetadata().getName().equals("webhook_broker_settlements"))
                .flatMap(metric -> metric.getDataPoints().stream())
                .filter(point -> state.equals(point.getLabels().get("state")))
                .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
                .sum();
    }

    /** Attempts that ended so. */
    double attempts(String reason) {
        return metrics.scrape().stream()
                .filter(metric -> metric.getMetadata().getName().equals("webhook_broker_attempt_seconds"))
                .flatMap(metric -> metric.getDataPoints().stream())
                .filter(point -> reason.equals(point.getLabels().get("reason")))
                .mapToDouble(point -> ((HistogramSnapshot.HistogramDataPointSnapshot) point).getCount())
                .sum();
    }

    int inFlight() {
        return dispatcher.inFlight();
    }

    /** As if the process had been killed: no heartbeat, no attempt, no settlement any more. */
    void crash() {
        try {
            for (BackgroundLoop loop : broker.loops()) {
                loop.stop();
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        try {
            broker.stop();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
