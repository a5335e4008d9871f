package org.webhookbroker.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.JobReads;
import org.webhookbroker.job.JobState;
import org.webhookbroker.job.RetryFactory;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.ops.RecountStore;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;

/** Contract 5.6 and 6.4: what becomes of jobs whose pull consumer says nothing. The clock is moved by moving the rows. */
class PullExpiryTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    /** A node as far as pull consumers see it. */
    private record PullNode(PullExpiry expiry, PullTransitions transitions, PullQueue queue) {}

    private Database database;
    private Registrar registrar;
    private Xid channel;
    private Xid consumerId;
    private PullNode node;

    @BeforeEach
    void setUp() {
        database = mariaDb.database();
        registrar = new Registrar(database);
        channel = registrar.channel("c");
        consumerId = registrar.pull(channel, "k");
        node = node();
    }

    @Test
    void aLeaseThatStandsIsLeftAloneAndOneWhoseTimePassedIsVisibleAtOnce() {
        Xid job = seed(1).get(0);
        take(job, 7);
        node.expiry().runOnce();
        assertThat(row(job)).startsWith("2147483647 0 0 7 ");

        letPass();
        node.expiry().runOnce();

        assertThat(row(job)).isEqualTo("0 1 1 7 1 lease-expired");
        assertThat(visible()).containsExactly(job);
        assertThat(live()).isEqualTo(1);
    }

    @Test
    void aLeaseThatStandsIsLeftAloneBesideOneWhoseTimePassed() {
        List<Xid> jobs = seed(2);
        take(jobs.get(0), 7);
        letPass();
        take(jobs.get(1), 7);

        node.expiry().runOnce();

        assertThat(row(jobs.get(0))).isEqualTo("0 1 1 7 1 lease-expired");
        assertThat(row(jobs.get(1))).startsWith("2147483647 0 0 7 ");
    }

    @Test
    void aJobThatTimedOutForTheLastTimeMayStillBeTakenUntilItDies() {
        Xid job = seed(1).get(0);
        for (int failed = 1; failed <= 5; failed++) {
            take(job, 0);
            letPass();
            node.expiry().runOnce();
            assertThat(visible()).as("after timeout " + failed).containsExactly(job);
            assertThat(row(job)).startsWith(failed < 5 ? "0 1 " + failed : "0 2 5");
        }
        assertThat(secondsLeft(job)).as("backoff 5 and the rational delay").isBetween(180L, 182L);
        node.expiry().runOnce();
        assertThat(visible()).containsExactly(job);

        letPass();
        node.expiry().runOnce();

        assertThat(visible()).isEmpty();
        assertThat(sql.textOf("SELECT CONCAT_WS(' ', reason, attempts, possible_duplicate) FROM dead_job"))
                .isEqualTo("lease-expired 5 1");
        assertThat(totals().dead()).isEqualTo(1);
        assertThat(live()).isZero();
    }

    @Test
    void aLastCallThatIsAnsweredIsDelivered() {
        Xid job = seed(1).get(0);
        sql.execute("UPDATE job SET attempts = 4, retry = 1");
        take(job, 0);
        letPass();
        node.expiry().runOnce();
        assertThat(row(job)).startsWith("0 2 5");

        assertThat(node.queue().lease(consumer(), 10, Duration.ofMinutes(1)).jobs())
                .hasSize(1);
        node.expiry().runOnce();
        assertThat(row(job)).startsWith("2147483647 1 5");
        assertThat(move(job, JobState.DELIVERED, 0)).isTrue();
        assertThat(totals().delivered()).isEqualTo(1);
    }

    @Test
    void aConsumersOwnLimitCounts() {
        Xid job = seed(1).get(0);
        sql.execute("UPDATE consumer SET max_retries = '1', retry_delays = '30'");
        sql.execute("UPDATE registry_version SET version = version + 1");
        take(job, 0);
        letPass();
        node.expiry().runOnce();
        assertThat(row(job)).startsWith("0 2 1");
        assertThat(secondsLeft(job)).isBetween(30L, 32L);
    }

    @Test
    void aLastCallGoesOnWhenItsConsumerAllowsMore() {
        Xid job = seed(1).get(0);
        sql.execute("UPDATE job SET attempts = 5, retry = 2");
        sql.execute("UPDATE consumer SET max_retries = '9'");
        sql.execute("UPDATE registry_version SET version = version + 1");
        letPass();
        node.expiry().runOnce();
        assertThat(row(job)).startsWith("0 1 5");
        assertThat(visible()).containsExactly(job);
    }

    /** Nobody has tried to push it: it is not dead, however often its pull consumer let it time out. */
    @Test
    void aLeaseOfAConsumerThatBecamePushEndsAsARetry() {
        Xid job = seed(1).get(0);
        sql.execute("UPDATE job SET attempts = 8, retry = 1");
        take(job, 0);
        registrar.becomes(consumerId, true);
        letPass();
        node.expiry().runOnce();
        assertThat(row(job)).startsWith("0 1 9");
        assertThat(secondsLeft(job)).isGreaterThan(60);

        sql.execute("UPDATE job SET retry = 2");
        letPass();
        node.expiry().runOnce();
        assertThat(row(job)).as("not for us to bury").startsWith("0 2 9");
    }

    /** G4: any number of nodes, and each lease ends once. */
    @Test
    @Tag("G4")
    void twoNodesEndEachLeaseOnce() throws Exception {
        seed(1200);
        while (!node.queue()
                .lease(consumer(), 1200, Duration.ofMinutes(1))
                .jobs()
                .isEmpty()) {
            letPass();
        }
        assertThat(sql.count("job", "holder = 2147483647")).isEqualTo(1200);
        letPass();
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            CyclicBarrier start = new CyclicBarrier(2);
            List<Future<Integer>> both = Stream.of(node, node())
                    .map(each -> executor.submit(() -> {
                        start.await();
                        int passes = 1;
                        while (each.expiry().runOnce()) {
                            passes++;
                        }
                        return passes;
                    }))
                    .toList();
            for (Future<Integer> each : both) {
                each.get();
            }
        } finally {
            executor.shutdownNow();
        }
        node.expiry().runOnce();
        assertThat(sql.count("job", "holder = 0 AND attempts = 1")).isEqualTo(1200);
        assertThat(live()).isEqualTo(1200);
    }

    @Test
    @Tag("G2")
    void twoNodesBuryEachLastCallOnce() throws Exception {
        seed(1200);
        sql.execute("UPDATE job SET attempts = 5, retry = 2");
        letPass();
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            List<Future<Boolean>> both = Stream.of(node, node())
                    .map(each -> executor.submit(() -> {
                        while (each.expiry().runOnce()) {
                            Thread.onSpinWait();
                        }
                        return true;
                    }))
                    .toList();
            for (Future<Boolean> each : both) {
                each.get();
            }
        } finally {
            executor.shutdownNow();
        }
        node.expiry().runOnce();
        assertThat(totals().dead()).isEqualTo(1200);
        assertThat(live()).isZero();
        RecountStore.Jobs found = database.<RecountStore.Jobs, RuntimeException>inSnapshot(
                handle -> new RecountStore().jobs(handle, rows -> {}).get(consumerId));
        assertThat(found).isEqualTo(new RecountStore.Jobs(0, 0, 1200));
    }

    /** G6, G9: the loop shows it, and the leases of everybody else end all the same. */
    @Test
    @Tag("G6")
    void whatFailsForOneConsumerHoldsUpNoOther() {
        List<Xid> others = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Xid other = registrar.pull(channel, "other" + i);
            others.add(new Seed(database).queued(channel, other, 1).get(0));
        }
        Xid poison = seed(1).get(0);
        sql.execute("UPDATE job SET attempts = 5, retry = 2");
        letPass();
        // It is to be buried, and the place is taken.
        sql.execute(
                "INSERT INTO dead_job SELECT id, message_id, consumer_id, 0, 1, 0, FALSE, UTC_TIMESTAMP(6), '', '', 0"
                        + " FROM job WHERE id = ?",
                poison);

        assertThatThrownBy(() -> node.expiry().runOnce()).hasMessageContaining(consumerId.toString());

        assertThat(sql.count("job")).isEqualTo(1);
        assertThat(sql.count("dead_job")).isEqualTo(others.size() + 1);
    }

    private PullNode node() {
        Registry registry = new Registry(database);
        Incarnation incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        PullDeadlines deadlines = new PullDeadlines(
                Duration.ofSeconds(32), Duration.ofSeconds(2), new RetryFactory().build(new Random(1)));
        PullMetrics metrics = new PullMetrics(new PrometheusRegistry());
        PullMarks marks = new PullMarks();
        PullWaiters waiters = new PullWaiters(10, marks);
        PullExpiry expiry = new PullExpiry(database, registry, incarnation, deadlines, metrics, waiters);
        return new PullNode(
                expiry,
                new PullTransitions(database, registry, incarnation, deadlines, metrics),
                new PullQueue(database, registry, incarnation, new AnswerMemory(1 << 24, 1 << 26), metrics, marks));
    }

    private List<Xid> seed(int count) {
        return new Seed(database).queued(channel, consumerId, count);
    }

    private Consumer consumer() {
        return new Registry(database).refresh().consumer(consumerId).orElseThrow();
    }

    private void take(Xid job, int timeout) {
        assertThat(move(job, JobState.INFLIGHT, timeout)).isTrue();
    }

    private boolean move(Xid job, JobState to, int timeout) {
        return node.transitions()
                .move(consumer(), new JobReads(database).find(job).orElseThrow(), to, timeout);
    }

    private List<Xid> visible() {
        try (PulledJobs jobs = node.queue().look(consumer(), 100)) {
            return jobs.jobs().stream().map(pulled -> pulled.job().id()).toList();
        }
    }

    /** Leases that stand, and last calls. */
    private void letPass() {
        sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE holder > 0 OR retry = 2");
    }

    private String row(Xid job) {
        return database.withHandle(handle ->
                handle.createQuery("""
                        SELECT CONCAT_WS(' ', holder, retry, attempts, pull_timeout, possible_duplicate, reason)
                        FROM job WHERE id = :id
                        """).bind("id", job).mapTo(String.class).one());
    }

    private long secondsLeft(Xid job) {
        return database.withHandle(handle -> handle.createQuery(
                        "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), due_at) FROM job WHERE id = :id")
                .bind("id", job)
                .mapTo(Long.class)
                .one());
    }

    private TallyStore.Totals totals() {
        return database.withHandle(handle -> new TallyStore().of(handle, consumerId));
    }

    private long live() {
        return totals().live();
    }
}
