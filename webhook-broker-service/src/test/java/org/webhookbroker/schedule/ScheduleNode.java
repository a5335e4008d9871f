package org.webhookbroker.schedule;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.message.Admission;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.IntakeFactory;
import org.webhookbroker.message.IntakeFactory.Intake;
import org.webhookbroker.message.Receipt;
import org.webhookbroker.registry.Registry;

/** A node that accepts and promotes but does not deliver. Its promotion runs only when told, or once started. */
final class ScheduleNode implements AutoCloseable {
    final Registry registry;
    final Intake intake;
    final Schedule schedule;
    final PrometheusRegistry metrics = new PrometheusRegistry();
    /** Beside the one of {@link #schedule}: for passes one by one. */
    final Promoter promoter;

    final AtomicInteger wakeUps = new AtomicInteger();

    ScheduleNode(Database database, Admission admission) {
        Clock clock = Clock.systemUTC();
        XidGenerator ids = new XidGenerator(clock);
        registry = new Registry(database);
        registry.refresh();
        Incarnation incarnation = new Incarnation(database, "test", Duration.ofMinutes(5));
        incarnation.begin();
        intake = new IntakeFactory().build(database, registry, incarnation, admission, ids, clock);
        schedule = new Schedule(database, intake, incarnation, ids, new PrometheusRegistry());
        promoter = new Promoter(database, intake.transaction(), new ScheduleMetrics(metrics), wakeUps::incrementAndGet);
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

    CompletableFuture<Receipt> submit(String id, Instant dueAt) {
        return submit(id, dueAt, 10);
    }

    CompletableFuture<Receipt> submit(String id, Instant dueAt, int size) {
        return schedule.submit(
                registry.current().channel("c").orElseThrow(),
                registry.current().producer("p").orElseThrow(),
                id,
                new Content("text/plain", 0, Map.of("x-a", "b"), new byte[size]),
                dueAt);
    }

    CompletableFuture<Receipt> broadcast(String id) {
        return intake.broadcast()
                .submit(
                        registry.current().channel("c").orElseThrow(),
                        registry.current().producer("p").orElseThrow(),
                        id,
                        new Content("text/plain", 0, Map.of(), new byte[10]));
    }

    @Override
    public void close() {
        try {
            schedule.stop();
            intake.stop();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
