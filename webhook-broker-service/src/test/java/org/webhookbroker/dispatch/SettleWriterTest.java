package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;
import org.webhookbroker.testing.TestPool;

/** What it costs that the database refuses some outcomes: meanwhile no others are written (G6). */
@Tag("G2")
@Tag("G6")
class SettleWriterTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final int HOLDER = 7;
    private static final int BATCH = 200;
    private static final int SOME = 40;
    /** Of eight transactions in a pass, and of the parts of one consumer. */
    private static final int FEW = 12;

    private final Sql sql = mariaDb.sql();
    /** One connection, which counts its statements. */
    private final TestPool pool = TestPool.open(mariaDb.pooledBy(1));

    private final List<Unwritten> outcomes = new ArrayList<>();
    private final List<Unwritten> written = new ArrayList<>();
    private final SettleWriter writer = new SettleWriter(
            pool.database(), new DispatchMetrics(new PrometheusRegistry()), outcomes -> written.addAll(outcomes));
    private Registrar registrar;
    private Xid channel;

    @BeforeEach
    void register() {
        registrar = new Registrar(mariaDb.database());
        channel = registrar.channel("c");
    }

    @AfterEach
    void close() {
        sql.execute("DROP TRIGGER IF EXISTS refuse");
        pool.close();
    }

    /** For each of the refused ones at most one transaction for each halving, and one for its other half. */
    @ParameterizedTest
    @ValueSource(ints = {1, 10, BATCH})
    void findsTheRefusedOnesByHalves(int refused) {
        Xid consumer = registrar.push(channel, "k", "http://127.0.0.1/");
        List<Xid> jobs = held(consumer, BATCH);
        refuse("NEW.attempts = 1");
        for (int i = 0; i < BATCH; i++) {
            boolean isRefused = i % (BATCH / refused) == 0;
            outcomes.add(delivered(jobs.get(i), consumer, isRefused ? 1 : 0));
        }
        writer.add(outcomes);

        long cost = transactions(writer::write);

        assertThat(written).hasSize(BATCH - refused);
        assertThat(sql.count("delivered_job")).isEqualTo(BATCH - refused);
        long halvings = Math.round(Math.ceil(Math.log((double) BATCH / refused) / Math.log(2)));
        assertThat(cost).isLessThanOrEqualTo(1 + 2L * refused * (1 + halvings)).isLessThan(2 * BATCH);
    }

    /** Nor do those of the others wait until thousands have had their turn. */
    @Test
    void whatIsWrongWithManyConsumersIsOverForOne() {
        List<Xid> consumers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            consumers.add(registrar.push(channel, "k" + i, "http://127.0.0.1/"));
            for (Xid job : held(consumers.get(i), SOME)) {
                outcomes.add(delivered(job, consumers.get(i), 0));
            }
        }
        refuse("TRUE");
        writer.add(outcomes);
        writer.write();
        assertThat(written).isEmpty();
        assertThat(writer.refusal()).hasStackTraceContaining("not this one");

        refuse("NEW.consumer_id <> x'"
                + HexFormat.of().formatHex(consumers.get(3).bytes()) + "'");
        await().until(() -> {
            long cost = transactions(writer::write);
            assertThat(cost).isLessThanOrEqualTo(FEW);
            return cost > 0;
        });
        assertThat(written)
                .hasSize(SOME)
                .allMatch(
                        each -> consumers.get(3).equals(each.settlement().job().consumerId()));

        sql.execute("DROP TRIGGER refuse");
        await().until(() -> {
            writer.write();
            return writer.refusal() == null;
        });
        assertThat(written).hasSize(5 * SOME);
        assertThat(sql.count("delivered_job")).isEqualTo(5 * SOME);
        assertThat(sql.longOf("SELECT SUM(delivered) FROM tally")).isEqualTo(5 * SOME);
    }

    private List<Xid> held(Xid consumer, int count) {
        List<Xid> jobs = new Seed(mariaDb.database()).queued(channel, consumer, count);
        sql.execute("UPDATE job SET holder = " + HOLDER);
        return jobs;
    }

    private static Unwritten delivered(Xid job, Xid consumer, int attempts) {
        return new Unwritten(
                null, new Settlement.Delivered(new LeasedJob(job, job, consumer, HOLDER, 0, 10, attempts, false)));
    }

    private void refuse(String condition) {
        sql.execute("""
                CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON delivered_job FOR EACH ROW
                IF %s THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF
                """.formatted(condition));
    }

    private long transactions(Runnable work) {
        long before = begun();
        work.run();
        return begun() - before;
    }

    /** Each begins with the delete of its jobs. */
    private long begun() {
        return pool.jdbi()
                .withHandle(handle -> handle.createQuery("SHOW SESSION STATUS LIKE 'Com\\_delete'")
                        .map((row, context) -> row.getLong("Value"))
                        .one());
    }
}
