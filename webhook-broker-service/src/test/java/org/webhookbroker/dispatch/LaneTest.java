package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.util.DataSize;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;

/** What a lane does when its node is cut off; {@link LanesTest} has the rest. */
final class LaneTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** Others may have taken over by then what this node still has in memory. */
    @Test
    @Tag("G4")
    void whileTheNodeIsNotHeardNoAttemptStarts() {
        Database database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        Xid id = registrar.push(registrar.channel("c"), "k", "http://localhost/");
        Consumer consumer = new Registry(database).refresh().consumer(id).orElseThrow();
        Incarnation incarnation = new Incarnation(database, "test", Duration.ofSeconds(2));
        incarnation.begin();
        List<HeldJob> sent = new ArrayList<>();
        LaneLimits limits = new LaneLimits(1, 8, 0, Duration.ofMinutes(1), Duration.ofSeconds(1), 5);
        MemoryBudget budget = new MemoryBudget(DataSize.mebibytes(16).toBytes());
        Lane lane = new Lane(consumer, limits, budget, incarnation, (same, job) -> sent.add(job));
        HeldJob job = job(consumer, incarnation);
        assertThat(lane.add(job)).isTrue();

        await().until(() -> !incarnation.isCurrent());
        lane.attempts().pump();
        assertThat(sent).isEmpty();

        await().until(() -> {
            incarnation.heartbeat();
            lane.attempts().pump();
            return !sent.isEmpty();
        });
        assertThat(sent).containsExactly(job);
    }

    private static HeldJob job(Consumer consumer, Incarnation incarnation) {
        Xid id = new XidGenerator(Clock.systemUTC()).block(2);
        Content content = new Content("text/plain", 0, Map.of(), new byte[10]);
        LeasedJob lease = new LeasedJob(id.plus(1), id, consumer.id(), incarnation.id(), 0, content.size(), 0, false);
        return new HeldJob(lease, new Message(id, id, id, id.toString(), content, Instant.EPOCH, 1));
    }
}
