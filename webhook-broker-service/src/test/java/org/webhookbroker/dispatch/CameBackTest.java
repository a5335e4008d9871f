package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.job.Visit;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

/** G5: what this node queues again is due as it was, where looks have passed, and is delivered at once even during a backup. */
@Tag("G5")
class CameBackTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final List<LeasedJob> loaded = new ArrayList<>();
    private final Pace fullLooks = new Pace(Duration.ZERO, Duration.ofHours(1), () -> 0);
    private Database database;
    private Incarnation incarnation;
    private Lanes lanes;
    private Xid channel;
    private Xid consumer;

    /** No look is full any more by itself. */
    @BeforeEach
    void aLaneHasLooked() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        channel = registrar.channel("c");
        consumer = registrar.push(channel, "k", "http://localhost/");
        incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        LaneLimits limits = new LaneLimits(1, 8, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 5);
        MemoryBudget budget = new MemoryBudget(16 << 20);
        lanes = new Lanes(each -> new Lane(each, limits, budget, incarnation, (lane, job) -> {}), settling());
        lanes.follow(new Registry(database).refresh());
        fullLooks.took(Duration.ofHours(1).toNanos());
        new Seed(database).queued(channel, consumer, 1);
        assertThat(look()).hasSize(1);
        loaded.forEach(job -> lane().settled(new Settlement.Delivered(job)));
    }

    private SettleBuffer settling() {
        return new SettleBuffer(database, new DispatchMetrics(new PrometheusRegistry()), () -> {});
    }

    @Test
    void fromANodeThatDied() {
        Xid job = heldBy(incarnation.id() + 1);
        Rescuer.Takeover takeover = new Rescuer.Takeover(Duration.ofMinutes(1), 5);
        DispatchMetrics metrics = new DispatchMetrics(new PrometheusRegistry());

        new Rescuer(database, incarnation, lanes, takeover, metrics).runOnce();

        assertThat(look()).containsExactly(job);
    }

    @Test
    void fromThisNodeWhichDidNotKnowOfIt() {
        Xid job = heldBy(incarnation.id());
        LostAndFound audit = new LostAndFound(database, incarnation, lanes);

        // It rests where a read was slow.
        await().until(() -> {
            audit.runOnce();
            return mariaDb.sql().count("job", "holder = 0") == 1;
        });

        assertThat(look()).containsExactly(job);
    }

    private Xid heldBy(int holder) {
        mariaDb.sql().execute("DELETE FROM job");
        Xid job = new Seed(database).queued(channel, consumer, 1).get(0);
        mariaDb.sql().execute("UPDATE job SET due_at = due_at - INTERVAL 1 HOUR, holder = ?", holder);
        return job;
    }

    private Lane lane() {
        Lane lane = lanes.forJobs(consumer);
        if (lane == null) {
            throw new AssertionError("no lane");
        }
        return lane;
    }

    private List<Xid> look() {
        loaded.clear();
        lane().look().orElseThrow().run(database, new Leasing());
        return loaded.stream().map(LeasedJob::id).toList();
    }

    private final class Leasing implements Look.Leasing {
        @Override
        public Pace fullLooks() {
            return fullLooks;
        }

        @Override
        public LeaseStore.Lease lease(Handle handle, int wanted, LeaseStore.Taker taker, Visit visit) {
            return new LeaseStore().lease(handle, consumer, incarnation.lock(handle), wanted, taker, visit);
        }

        @Override
        public void load(List<LeasedJob> jobs) {
            loaded.addAll(jobs);
        }

        @Override
        public void release(List<LeasedJob> jobs) {
            throw new AssertionError("the commit is certain");
        }
    }
}
