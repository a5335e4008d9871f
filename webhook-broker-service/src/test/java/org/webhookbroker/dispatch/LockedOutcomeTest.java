package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.job.Tally;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.Books;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;
import org.webhookbroker.testing.TestPool;

/** Somebody forgot a transaction that holds what a few outcomes need, or holds one table: all others are recorded within seconds. */
@Tag("G2")
@Tag("G6")
@Tag("slow")
class LockedOutcomeTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final int HOLDER = 7;
    private static final int BATCH = 200;
    /** One wait takes two seconds. To find one of 200 takes eight halvings, so sixteen seconds if each half waited. */
    private static final Duration ONE_WAIT = Duration.ofSeconds(9);

    private final Sql sql = mariaDb.sql();
    /** One connection, so that it would show if a session went on without waiting. */
    private final TestPool pool = TestPool.open(mariaDb.pooledBy(1));

    private final List<Unwritten> written = new ArrayList<>();
    private final SettleWriter writer =
            new SettleWriter(pool.database(), new DispatchMetrics(new PrometheusRegistry()), written::addAll);
    private Registrar registrar;
    private Xid channel;
    private Xid consumer;

    @BeforeEach
    void register() {
        registrar = new Registrar(mariaDb.database());
        registrar.producer("p");
        channel = registrar.channel("c");
        consumer = registrar.push(channel, "k", "http://127.0.0.1/");
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void oneLockedRowHoldsUpNoOther() throws Exception {
        List<Xid> jobs = held(2 * BATCH);
        try (Connection other = locking("SELECT id FROM job ORDER BY id LIMIT 5 FOR UPDATE")) {
            writer.add(delivered(jobs.subList(4, 4 + BATCH)));
            assertThat(time(writer::write)).isLessThan(ONE_WAIT);
            assertThat(written).hasSize(BATCH - 1);
            assertThat(writer.isIdle()).isTrue();
            assertThat(writer.refusal()).hasStackTraceContaining("Lock wait timeout");

            writer.add(delivered(jobs.subList(0, 4)));
            writer.add(delivered(jobs.subList(4 + BATCH, 2 * BATCH)));
            assertThat(sql.waitsForRows(writer::write))
                    .as("nothing waits any more, so five locked ones cost as much as none")
                    .isLessThan(Duration.ofSeconds(1));
            assertThat(written).hasSize(2 * BATCH - 5);
            assertThat(writer.refusal()).isNotNull();
            other.rollback();
        }
        untilAllAreWritten(2 * BATCH);
        assertThat(sql.count("delivered_job")).isEqualTo(2 * BATCH);
    }

    @Test
    void aLockedTableHoldsUpOnlyWhatGoesThere() throws Exception {
        List<Xid> jobs = held(BATCH);
        List<Unwritten> outcomes = delivered(jobs.subList(1, BATCH));
        outcomes.add(
                BATCH / 2, outcome(new Settlement.Dead(lease(jobs.get(0)), new Failure("status", "HTTP 500", true))));
        try (Connection other = locking("LOCK TABLES dead_job WRITE")) {
            writer.add(outcomes);
            assertThat(time(writer::write)).isLessThan(ONE_WAIT);
            assertThat(written).hasSize(BATCH - 1);
            assertThat(writer.refusal()).isNotNull();
            unlock(other);
        }
        untilAllAreWritten(BATCH);
        assertThat(sql.count("dead_job")).isEqualTo(1);
    }

    /** G9: and nothing is lost, nor delivered again. */
    @Test
    @Tag("G9")
    void whenNothingCanBeWrittenItShows() throws Exception {
        List<Xid> jobs = held(BATCH);
        try (Connection other = locking("LOCK TABLES delivered_job WRITE")) {
            writer.add(delivered(jobs));
            writer.write();
            assertThat(written).isEmpty();
            assertThat(writer.refusal()).hasStackTraceContaining("Lock wait timeout");
            unlock(other);
        }
        untilAllAreWritten(BATCH);
        assertThat(sql.count("job")).isZero();
    }

    /** A short lock is waited for: what somebody else does in a moment costs no halving. */
    @Test
    void aSessionWaitsAgainOnceAllIsWritten() throws Exception {
        oneLockedRowHoldsUpNoOther();
        assertThat(new Sql(pool.database())
                        .textOf("SELECT CONCAT(@@lock_wait_timeout, ' ', @@innodb_lock_wait_timeout)"))
                .isEqualTo("2 2");
        List<Xid> jobs = held(1);
        try (Connection other = locking("SELECT id FROM job FOR UPDATE")) {
            writer.add(delivered(jobs));
            Thread writing = new Thread(writer::write);
            writing.start();
            sql.awaitLockWait("DELETE FROM job");
            other.rollback();
            writing.join();
        }
        assertThat(written).hasSize(2 * BATCH + 1);
        assertThat(writer.refusal()).isNull();
    }

    /** The transactions of intake hold the counters of a consumer in turn, each for a moment. That is no lock to give up for. */
    @Test
    void intakeBesideALockedRowHoldsUpNoOther() throws Exception {
        List<Unwritten> outcomes = delivered(held(5 * BATCH));
        Iterator<Unwritten> later = outcomes.subList(BATCH, outcomes.size()).iterator();
        try (Intake first = new Intake();
                Intake second = new Intake()) {
            try (Connection other = locking("SELECT id FROM job ORDER BY id LIMIT 1 FOR UPDATE")) {
                writer.add(outcomes.subList(0, BATCH));
                assertThat(time(writer::write)).isLessThan(ONE_WAIT);
                assertThat(written).hasSize(BATCH - 1);
                other.rollback();
            }
            await().pollInterval(Duration.ofMillis(5)).atMost(ONE_WAIT).until(() -> {
                writer.add(List.of(later.next()));
                writer.write();
                return writer.refusal() == null;
            });
            assertThat(written).contains(outcomes.get(0));
            assertThat(first.failed || second.failed).isFalse();
        }
    }

    @Test
    void lockedCountersHoldUpOnlyTheirConsumer() throws Exception {
        Xid second = registrar.push(channel, "k2", "http://127.0.0.1/");
        List<Unwritten> ofFirst = delivered(held(BATCH));
        List<Unwritten> ofSecond = new ArrayList<>();
        held(second, 2 * BATCH)
                .forEach(job -> ofSecond.add(
                        outcome(new Settlement.Delivered(new LeasedJob(job, job, second, HOLDER, 0, 10, 0, false)))));
        mariaDb.database().inTransaction(handle -> {
            new Tally().accepted(consumer, 1).write(handle, HOLDER);
            return null;
        });
        try (Connection other = locking("SELECT * FROM tally WHERE incarnation = " + HOLDER + " FOR UPDATE")) {
            writer.add(ofFirst.subList(0, BATCH / 2));
            writer.add(ofSecond.subList(0, BATCH));
            assertThat(time(writer::write)).isLessThan(ONE_WAIT);
            assertThat(written).hasSize(BATCH);

            writer.add(ofFirst.subList(BATCH / 2, BATCH));
            writer.add(ofSecond.subList(BATCH, 2 * BATCH));
            assertThat(sql.waitsForRows(writer::write))
                    .as("nothing waits for counters any more")
                    .isLessThan(Duration.ofSeconds(1));
            assertThat(written).hasSize(2 * BATCH);
            other.rollback();
        }
        untilAllAreWritten(3 * BATCH);
    }

    @Test
    void ofAWholeBroker() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        try (ConsumerServer server = ConsumerServer.start()) {
            server.on("/locked", Behavior.gated(gate, Behavior.status(200)));
            registrar.push(channel, "locked", server.url("/locked"));
            registrar.push(channel, "other", server.url("/other"));
            sql.execute("DELETE FROM consumer WHERE id = ?", (Object) consumer.bytes());
            try (Node node = Node.start(mariaDb.database())) {
                node.sendMany("c", "m", 20);
                await().until(() -> node.settled("delivered") == 20
                        && server.requests("/locked").size() == 20);
                try (Connection other =
                        locking("SELECT id FROM job WHERE holder <> 0 ORDER BY id LIMIT 1 FOR UPDATE")) {
                    gate.countDown();
                    await().until(() -> node.settled("delivered") == 39);
                    node.sendMany("c", "n", 20);
                    await().until(() -> node.settled("delivered") == 79);
                    await().until(() -> settleLoop(node).failure() != null);
                    other.rollback();
                }
                await().until(() -> node.settled("delivered") == 80);
                await().until(() -> settleLoop(node).failure() == null);
                assertThat(server.requests("/locked")).hasSize(40);
            }
        }
        Books.assertBalanced(mariaDb.database());
    }

    /** Takes the counters again and again. Two of them leave no moment between. */
    private final class Intake implements AutoCloseable {
        private final Thread thread = new Thread(this::run, "intake");
        private volatile boolean stopping;
        private volatile boolean failed;

        private Intake() {
            thread.start();
        }

        private void run() {
            try {
                while (!stopping) {
                    mariaDb.database().inTransaction(handle -> {
                        new Tally().accepted(consumer, 1).write(handle, HOLDER);
                        return handle.execute("DO SLEEP(0.02)");
                    });
                }
            } catch (RuntimeException thrown) {
                failed = true;
                throw thrown;
            }
        }

        @Override
        public void close() {
            stopping = true;
            await().until(() -> !thread.isAlive());
        }
    }

    private void untilAllAreWritten(int count) {
        await().until(() -> {
            writer.write();
            return writer.refusal() == null;
        });
        assertThat(written).hasSize(count);
    }

    private List<Xid> held(int count) {
        return held(consumer, count);
    }

    private List<Xid> held(Xid consumer, int count) {
        List<Xid> jobs = new Seed(mariaDb.database()).queued(channel, consumer, count);
        sql.execute("UPDATE job SET holder = " + HOLDER);
        return jobs;
    }

    private List<Unwritten> delivered(List<Xid> jobs) {
        List<Unwritten> outcomes = new ArrayList<>();
        jobs.forEach(job -> outcomes.add(outcome(new Settlement.Delivered(lease(job)))));
        return outcomes;
    }

    private LeasedJob lease(Xid job) {
        return new LeasedJob(job, job, consumer, HOLDER, 0, 10, 0, false);
    }

    private static Unwritten outcome(Settlement settlement) {
        return new Unwritten(null, settlement);
    }

    /** Held until the end of the connection at the latest. */
    private static Connection locking(String statement) throws Exception {
        Connection connection = mariaDb.connect();
        connection.setAutoCommit(false);
        try (Statement lock = connection.createStatement()) {
            lock.execute(statement);
        }
        return connection;
    }

    private static void unlock(Connection connection) throws Exception {
        try (Statement unlock = connection.createStatement()) {
            unlock.execute("UNLOCK TABLES");
        }
    }

    private static Duration time(Runnable work) {
        long begun = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private static BackgroundLoop settleLoop(Node node) {
        return node.dispatcher.loops().stream()
                .filter(loop -> loop.name().equals("settle"))
                .findFirst()
                .orElseThrow();
    }
}
