package org.webhookbroker.schedule;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.Looping;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.message.BroadcastResult;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.GroupCommit;
import org.webhookbroker.message.Intake;
import org.webhookbroker.message.NewMessage;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;
import org.webhookbroker.registry.Registry;

/** Puts the parts together: where scheduled messages enter, are changed, and become ordinary ones. */
public final class Schedule implements Looping {
    private final GroupCommit<NewSchedule> group;
    private final ScheduleChanges changes;
    private final BackgroundLoop promotion;

    /** @param intake whose bounds hold, and by whose transaction messages are promoted */
    public Schedule(
            Database database,
            Registry registry,
            Intake intake,
            Incarnation incarnation,
            XidGenerator ids,
            PrometheusRegistry metrics) {
        Promoter promoter =
                new Promoter(database, intake.transaction(), new ScheduleMetrics(metrics), this::wakePromotion);
        promotion = new BackgroundLoop("promotion", Promoter.LOOK, promoter);
        changes = new ScheduleChanges(database, incarnation, promoter);
        group = new GroupCommit<>(
                "schedule-1",
                database,
                new ScheduleTransaction(database, registry, incarnation, ids, promoter),
                intake.limits().queueCapacity());
    }

    private void wakePromotion() {
        promotion.wake();
    }

    /** Answered once it is committed; as durable as an ordinary broadcast (G1). */
    public CompletableFuture<BroadcastResult> submit(
            Channel channel, Producer producer, String publicId, Content content, Instant dueAt) {
        return group.submit(new NewSchedule(new NewMessage(channel.id(), producer.id(), publicId, content), dueAt));
    }

    public ScheduleChanges changes() {
        return changes;
    }

    @Override
    public List<BackgroundLoop> loops() {
        List<BackgroundLoop> loops = new ArrayList<>(group.loops());
        loops.add(promotion);
        return loops;
    }

    @Override
    public void stop() throws InterruptedException {
        promotion.stop();
        group.stop();
    }
}
