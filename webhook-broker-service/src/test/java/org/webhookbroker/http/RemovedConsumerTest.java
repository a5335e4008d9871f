package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.RemovedConsumerJobs;
import org.webhookbroker.job.SettleStore;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerJobs;
import org.webhookbroker.registry.ConsumerStore;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.JobCounts;
import org.webhookbroker.registry.RegistryLimit;
import org.webhookbroker.registry.RegistryWriter;
import org.webhookbroker.registry.Removal;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.OwnThread;
import org.webhookbroker.testing.Seed;

/** Contract 3.4, and where we differ from it: what becomes of the jobs. */
final class RemovedConsumerTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void aConsumerWithJobsGoesOnlyByForceAndItsLiveJobsEndAccountedFor() {
        try (TestNode node = new TestNode(mariaDb.database()).started()) {
            Consumer consumer = node.consumer("k1", ConsumerType.PULL);
            Consumer other = node.consumer("k2", ConsumerType.PULL);
            Requests requests = new Requests(node);
            IntStream.range(0, 10).forEach(i -> requests.broadcast("hi"));
            node.deliver(node.lease(consumer, 1));
            node.bury(node.lease(consumer, 2));
            List<LeasedJob> inFlight = node.lease(consumer, 3);

            Removal refused = remove(node, false);
            assertThat(refused.outcome()).isEqualTo(Removal.Outcome.HAS_JOBS);
            assertThat(refused.jobs()).isEqualTo(new JobCounts(4, 3, 1, 2));
            assertThat(remove(node, true).outcome()).isEqualTo(Removal.Outcome.REMOVED);

            TallyStore.Totals totals = totals(node, consumer);
            assertThat(List.of(totals.accepted(), totals.delivered(), totals.dead(), totals.removed(), totals.live()))
                    .containsExactly(10L, 1L, 0L, 9L, 0L);
            assertThat(totals(node, other).live()).isEqualTo(10);
            SettleStore.Settled late = node.database.inTransaction(handle -> new SettleStore()
                    .settle(
                            handle,
                            node.incarnation.id(),
                            inFlight.stream()
                                    .<Settlement>map(Settlement.Delivered::new)
                                    .toList()));
            assertThat(late.stale()).isEqualTo(3);
            assertThat(totals(node, consumer)).isEqualTo(totals);
        }
    }

    /** G6: the removal of a consumer with a backlog does not hold up broadcasts. */
    @Test
    void theBacklogOfARemovedConsumerEndsBesideRunningBroadcasts() throws Exception {
        try (TestNode node = new TestNode(mariaDb.database()).started();
                Connection broadcast = mariaDb.connect()) {
            Consumer consumer = node.consumer("k1", ConsumerType.PULL);
            new Seed(node.database).queued(node.channel().id(), consumer.id(), 3000);
            List<Integer> beside = new ArrayList<>();
            ConsumerJobs watched = beforeEachLook(ended -> {
                if (mayBroadcast(broadcast)) {
                    beside.add(live(node, ended));
                } else {
                    assertThat(live(node, ended)).isZero();
                }
            });

            Removal removal = remove(node, watched, () -> true);

            assertThat(removal.outcome()).isEqualTo(Removal.Outcome.REMOVED);
            assertThat(beside).startsWith(3000, 2000, 1000);
            assertThat(totals(node, consumer).removed()).isEqualTo(3000);
        }
    }

    /** G8: the removal ends although each look finds jobs that producers have added since the last look. */
    @Test
    @Tag("G8")
    void aConsumerGoesAlthoughItsProducersGoOn() throws Exception {
        try (TestNode node = new TestNode(mariaDb.database());
                Connection broadcast = mariaDb.connect()) {
            Consumer consumer = node.consumer("k1", ConsumerType.PUSH);
            ConsumerJobs busy = beforeEachLook(ended -> {
                if (mayBroadcast(broadcast)) {
                    new Seed(node.database).queued(node.channel().id(), ended.id(), 1);
                }
            });
            AtomicInteger looks = new AtomicInteger();

            Removal removal = remove(node, busy, () -> looks.incrementAndGet() < 20);

            assertThat(removal.outcome()).isEqualTo(Removal.Outcome.REMOVED);
            assertThat(totals(node, consumer).removed()).isPositive();
            assertThat(live(node, consumer)).isZero();
        }
    }

    private static ConsumerJobs beforeEachLook(java.util.function.Consumer<Consumer> event) {
        RemovedConsumerJobs jobs = new RemovedConsumerJobs();
        return new ConsumerJobs() {
            @Override
            public JobCounts count(Handle handle, Consumer consumer) {
                return jobs.count(handle, consumer);
            }

            @Override
            public int endSome(Handle handle, Consumer consumer) {
                event.accept(consumer);
                return jobs.endSome(handle, consumer);
            }
        };
    }

    private static boolean mayBroadcast(Connection producer) {
        try {
            return producer.createStatement().execute("SELECT version FROM registry_version LOCK IN SHARE MODE NOWAIT");
        } catch (SQLException locked) {
            return false;
        }
    }

    private static Removal remove(TestNode node, ConsumerJobs jobs, BooleanSupplier timeLeft) {
        RegistryWriter writer = new RegistryWriter(
                node.database,
                node.registry,
                new XidGenerator(Clock.systemUTC()),
                Clock.systemUTC(),
                new RegistryLimit(1000),
                new AuditTrail(node.database));
        return new ConsumerStore(node.database, writer, jobs)
                .remove(node.channel(), "k1", UpdateCondition.none(), true, timeLeft, Auditing.TEST);
    }

    /** G2: two outcomes are recorded during the removal. One job is queued again where the look has passed, while it waits for the other. */
    @Test
    @Tag("G2")
    void aJobThatIsQueuedAgainDuringTheRemovalEndsToo() throws Exception {
        try (TestNode node = new TestNode(mariaDb.database());
                Connection broadcast = mariaDb.connect();
                Connection settlement = mariaDb.connect()) {
            Consumer consumer = node.consumer("k1", ConsumerType.PUSH);
            broadcast.setAutoCommit(false);
            broadcast.createStatement().execute("SELECT version FROM registry_version LOCK IN SHARE MODE");
            CompletableFuture<Removal> removal =
                    CompletableFuture.supplyAsync(() -> remove(node, true), OwnThread.EACH);
            mariaDb.sql().awaitLockWait("SELECT version FROM registry_version");
            new Seed(node.database).queued(node.channel().id(), consumer.id(), 2);
            node.database.inTransaction(handle -> handle.execute("UPDATE job SET holder = 7"));
            settlement.setAutoCommit(false);
            settlement.createStatement().execute("DELETE FROM job ORDER BY due_at, id LIMIT 1");
            broadcast.commit();
            mariaDb.sql().awaitLockWait("DELETE FROM job");
            settlement.createStatement().execute("UPDATE job SET holder = 0");
            settlement.commit();

            assertThat(removal.get(30, TimeUnit.SECONDS).outcome()).isEqualTo(Removal.Outcome.REMOVED);
            assertThat(totals(node, consumer).removed()).isEqualTo(1);
        }
    }

    /** G8: anybody may ask for the removal, and a consumer may have ten million jobs. */
    @Test
    @Tag("G8")
    void aRemovalThatHasNoMoreTimeLeavesTheConsumerAndTheRest() {
        try (TestNode node = new TestNode(mariaDb.database())) {
            Consumer consumer = node.consumer("k1", ConsumerType.PUSH);
            new Seed(node.database).queued(node.channel().id(), consumer.id(), 1500);

            Removal first = node.consumers.remove(
                    node.channel(), "k1", UpdateCondition.none(), true, () -> false, Auditing.TEST);

            assertThat(first.outcome()).isEqualTo(Removal.Outcome.JOBS_LEFT);
            assertThat(live(node, consumer)).isEqualTo(500);
            assertThat(remove(node, true).outcome()).isEqualTo(Removal.Outcome.REMOVED);
            assertThat(totals(node, consumer).removed()).isEqualTo(1500);
        }
    }

    private static int live(TestNode node, Consumer consumer) {
        return (int) totals(node, consumer).live();
    }

    private static Removal remove(TestNode node, boolean force) {
        return node.consumers.remove(node.channel(), "k1", UpdateCondition.none(), force, () -> true, Auditing.TEST);
    }

    private static TallyStore.Totals totals(TestNode node, Consumer consumer) {
        return node.database.withHandle(handle -> new TallyStore().of(handle, consumer.id()));
    }
}
