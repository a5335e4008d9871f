package org.webhookbroker.schedule;

import io.dropwizard.util.Duration;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.webhookbroker.Broker;
import org.webhookbroker.BrokerConfiguration;
import org.webhookbroker.database.Database;
import org.webhookbroker.message.Admission;
import org.webhookbroker.message.BroadcastResult;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Intake;
import org.webhookbroker.message.IntakeTransaction;
import org.webhookbroker.message.JobTakers;
import org.webhookbroker.registry.Registry;

/** A broker of which only intake and schedule run: it delivers nothing, and promotes only when told, or once started. */
final class ScheduleNode implements AutoCloseable {
    final Broker broker;
    final Registry registry;
    final Intake intake;
    final Schedule schedule;
    final PrometheusRegistry metrics = new PrometheusRegistry();
    /** Beside the one of {@link #schedule}: for passes one by one. */
    final Promoter promoter;

    final AtomicInteger wakeUps = new AtomicInteger();

    /** @param admission of what {@link #promoter} promotes */
    ScheduleNode(Database database, Admission admission) {
        Clock clock = Clock.systemUTC();
        BrokerConfiguration settings = new BrokerConfiguration();
        // No heartbeat runs.
        settings.dispatch.takeoverAfter = Duration.minutes(5);
        broker = new Broker(settings, database, clock, new PrometheusRegistry());
        broker.incarnation.begin();
        registry = broker.registry;
        intake = broker.intake;
        schedule = broker.schedule;
        IntakeTransaction promoting = settings.intake
                .build(database, registry, broker.incarnation, new JobTakers(admission, admission), broker.ids, clock)
                .transaction();
        promoter = new Promoter(database, promoting, new ScheduleMetrics(metrics), wakeUps::incrementAndGet);
    }

    /** Keeps messages, but promotes none by itself. */
    ScheduleNode accepting() throws Exception {
        intake.start();
        schedule.loops().get(0).start();
        return this;
    }

    ScheduleNode promoting() {
        intake.start();
        schedule.start();
        return this;
    }

    CompletableFuture<BroadcastResult> submit(String id, Instant dueAt) {
        return submit(id, dueAt, 10);
    }

    CompletableFuture<BroadcastResult> submit(String id, Instant dueAt, int size) {
        return schedule.submit(
                registry.current().channel("c").orElseThrow(),
                registry.current().producer("p").orElseThrow(),
                id,
                new Content("text/plain", 0, Map.of("x-a", "b"), new byte[size]),
                dueAt);
    }

    CompletableFuture<BroadcastResult> broadcast(String id) {
        return intake.submit(
                registry.current().channel("c").orElseThrow(),
                registry.current().producer("p").orElseThrow(),
                id,
                new Content("text/plain", 0, Map.of(), new byte[10]));
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
