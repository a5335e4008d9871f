package org.webhookbroker.dispatch;

import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.RetryFactory;
import org.webhookbroker.message.Broadcast;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.IntakeFactory;
import org.webhookbroker.message.Receipt;
import org.webhookbroker.outbound.OutboundFactory;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;
import org.webhookbroker.registry.Registry;

/** A node without HTTP: intake and dispatch on a database, wired as the application does it. Short delays by default. */
final class Node implements AutoCloseable {
    static final class Settings {
        final DispatchFactory dispatch = new DispatchFactory();
        final RetryFactory retry = new RetryFactory();
        final IntakeFactory intake = new IntakeFactory();

        Settings() {
            dispatch.takeoverAfter = Duration.seconds(2);
            dispatch.deliveryTimeout = Duration.seconds(20);
            dispatch.stopTimeout = Duration.seconds(5);
            dispatch.maxBytesInMemory = DataSize.mebibytes(16);
            retry.delays = List.of(Duration.milliseconds(20));
            retry.maxRetries = 3;
        }
    }

    final Registry registry;
    final Incarnation incarnation;
    final Dispatcher dispatcher;
    final Broadcast broadcast;
    private final PrometheusRegistry metrics = new PrometheusRegistry();
    private final IntakeFactory.Intake intake;

    private Node(Database database, Settings settings) {
        XidGenerator ids = new XidGenerator(Clock.systemUTC());
        registry = new Registry(database);
        incarnation = settings.dispatch.incarnation(database, "test");
        OutboundFactory outbound = new OutboundFactory();
        outbound.setShutdownGrace(Duration.milliseconds(50));
        dispatcher = settings.dispatch.build(
                database,
                incarnation,
                ids,
                outbound.build(Clock.systemUTC()),
                settings.retry.build(new Random(1)),
                metrics);
        intake = settings.intake.build(database, registry, incarnation, dispatcher.admission(), ids, Clock.systemUTC());
        broadcast = intake.broadcast();
        dispatcher.follow(registry);
    }

    static Node start(Database database) {
        return start(database, settings -> {});
    }

    static Node start(Database database, Consumer<Settings> change) {
        Settings settings = new Settings();
        change.accept(settings);
        Node node = new Node(database, settings);
        node.registry.refresh();
        node.dispatcher.start();
        node.intake.start();
        return node;
    }

    CompletableFuture<Receipt> send(String channel, String id, int priority, byte[] payload) {
        Channel target = registry.current().channel(channel).orElseThrow();
        Producer producer = registry.current().producer("p").orElseThrow();
        return broadcast.submit(target, producer, id, new Content("text/plain", priority, Map.of(), payload));
    }

    /** Sends {@code count} messages named {@code prefix-n}, and waits until all are accepted. */
    List<String> sendMany(String channel, String prefix, int count) {
        List<String> ids = new ArrayList<>();
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(prefix + "-" + i);
            receipts.add(send(channel, prefix + "-" + i, 0, new byte[100]));
        }
        for (CompletableFuture<Receipt> receipt : receipts) {
            if (receipt.join() != Receipt.ACCEPTED) {
                throw new IllegalStateException("Not accepted: " + receipt.join());
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

    int inFlight() {
        return dispatcher.inFlight();
    }

    /** As if the process had been killed: no heartbeat, no attempt, no settlement any more. */
    void crash() {
        stop(intake.loops());
        stop(dispatcher.loops());
    }

    private static void stop(List<BackgroundLoop> loops) {
        try {
            for (BackgroundLoop loop : loops) {
                loop.stop();
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        try {
            intake.stop();
            dispatcher.stop();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
