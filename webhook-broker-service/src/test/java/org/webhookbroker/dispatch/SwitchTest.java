package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.ops.RecountStore;
import org.webhookbroker.pull.PullReceipt;
import org.webhookbroker.pull.PulledJobs;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Sql;

/** A consumer that goes from push to pull or back: no job is lost, none is stuck, none is at two places. */
@Tag("slow")
class SwitchTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    private final ConsumerServer consumers = ConsumerServer.start();
    private Database database;
    private Registrar registrar;
    private Xid channel;

    @BeforeEach
    void register() {
        database = mariaDb.database();
        registrar = new Registrar(database);
        registrar.producer("p");
        channel = registrar.channel("c");
    }

    @AfterEach
    void close() {
        consumers.close();
    }

    @Test
    @Tag("G2")
    void fromPushToPullEveryJobCanBeTaken() {
        Xid consumer = registrar.push(channel, "k", consumers.url("/k"));
        CountDownLatch gate = new CountDownLatch(1);
        consumers.on("/k", Behavior.gated(gate, Behavior.status(500)));
        try (Node node = Node.start(database, settings -> {
            settings.dispatch.laneCapacity = 50;
            settings.dispatch.maxInFlightPerConsumer = 5;
        })) {
            node.sendMany("c", "m", 200);
            await().until(() -> node.inFlight() == 5);
            registrar.becomes(consumer, false);
            node.registry.refresh();
            // In flight, those in the lane, those in the queue: the first five are still under way.
            await().until(() -> sql.count("job", "holder = 0") == 195);
            gate.countDown();
            await().until(() -> sql.count("job", "attempts = 1") == 5);

            List<LiveJob> taken = new ArrayList<>();
            await().until(() -> {
                taken.addAll(lease(node, consumer, 100));
                return taken.size() == 200;
            });
            assertThat(new HashSet<>(taken.stream().map(LiveJob::id).toList())).hasSize(200);
            node.broker
                    .pull
                    .leases()
                    .settle(
                            consumer(node, consumer),
                            taken.stream().map(PullReceipt::of).toList(),
                            List.of(),
                            List.of());
        }
        assertThat(consumers.requests("/k")).hasSize(5);
        assertThat(totals(consumer).delivered()).isEqualTo(200);
        assertAccounted(consumer);
    }

    @Test
    @Tag("G4")
    void fromPullToPushWhatIsLeasedIsPushedOnlyAfterItsTime() throws Exception {
        Xid consumer = registrar.pull(channel, "k");
        consumers.on("/k", Behavior.status(200));
        try (Node node = Node.start(database)) {
            node.sendMany("c", "m", 50);
            List<LiveJob> leased = lease(node, consumer, 10);
            sql.execute("""
                    UPDATE job SET attempts = 9, retry = 2, due_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR
                    WHERE holder = 0 LIMIT 1
                    """);
            sql.execute("UPDATE consumer SET callback_url = '" + consumers.url("/k") + "'");
            registrar.becomes(consumer, true);
            node.registry.refresh();
            await().until(() -> totals(consumer).delivered() == 40);
            assertThat(consumers.requests("/k")).hasSize(40);
            assertThat(sql.count("job", "holder = " + LiveJob.PULL_HOLDER)).isEqualTo(10);

            node.broker
                    .pull
                    .leases()
                    .settle(
                            consumer(node, consumer),
                            leased.subList(0, 3).stream().map(PullReceipt::of).toList(),
                            List.of(),
                            List.of());
            sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND");
            await().until(() -> totals(consumer).delivered() == 50);
        }
        assertThat(consumers.requests("/k")).hasSize(47);
        assertThat(consumers.requests("/k"))
                .filteredOn(request -> "true".equals(request.header("X-Broker-Possible-Duplicate")))
                .as("the consumer may have acted on them")
                .hasSize(7);
        assertAccounted(consumer);
    }

    /** A lease of a pull consumer is its own: the node through which it was taken may go. */
    @Test
    @Tag("G5")
    void aPullLeaseOutlivesTheNodeThroughWhichItWasTaken() {
        Xid consumer = registrar.pull(channel, "k");
        Node killed = Node.start(database);
        killed.sendMany("c", "m", 1);
        assertThat(lease(killed, consumer, 1)).hasSize(1);
        killed.crash();
        try (Node survivor = Node.start(database)) {
            await().until(() -> sql.count("incarnation", "id <> " + survivor.incarnation.id()) == 0);
            assertThat(sql.longOf("SELECT holder FROM job")).isEqualTo(LiveJob.PULL_HOLDER);
            assertThat(sql.longOf("SELECT takeovers FROM job")).isZero();
        }
    }

    private static List<LiveJob> lease(Node node, Xid consumer, int limit) {
        try (PulledJobs jobs = node.broker.pull.queue().lease(consumer(node, consumer), limit, Duration.ofHours(1))) {
            return jobs.jobs().stream().map(PulledJobs.PulledJob::job).toList();
        }
    }

    private static Consumer consumer(Node node, Xid id) {
        return node.registry.refresh().consumer(id).orElseThrow();
    }

    private void assertAccounted(Xid consumer) {
        TallyStore.Totals totals = totals(consumer);
        RecountStore.Jobs found = database.<RecountStore.Jobs, RuntimeException>inSnapshot(
                handle -> new RecountStore().jobs(handle, rows -> {}).get(consumer));
        assertThat(found).isEqualTo(new RecountStore.Jobs(totals.live(), totals.delivered(), totals.dead()));
    }

    private TallyStore.Totals totals(Xid consumer) {
        return database.withHandle(handle -> new TallyStore().of(handle, consumer));
    }
}
