package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.testing.Globals;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.TestPool;

/**
 * Statements that write jobs find them by their index, also when the server knows that the table is small and would rather read all of it:
 * it does not know how many rows are in there that are gone. EXPLAIN does not show how a delete is forced, so the rows read are counted.
 */
class ByIndexTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final int HOLDER = 7;
    private static final int ALL = 400;
    private static final int SOME = 120;

    private static final String READ = """
            SELECT SUM(variable_value) FROM information_schema.session_status
            WHERE variable_name IN ('Handler_read_first', 'Handler_read_next', 'Handler_read_rnd_next')
            """;

    private final XidGenerator ids = new XidGenerator(Clock.systemUTC());
    private final JobStore jobs = new JobStore();
    private final JobMoveStore moves = new JobMoveStore();
    private Database database;
    private Xid consumer;

    @BeforeEach
    void register() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        consumer = registrar.push(registrar.channel("c"), "k", "http://127.0.0.1/");
    }

    @TestFactory
    Stream<DynamicTest> outcomes() {
        Failure failure = new Failure("connect", "", true);
        Absence absence = new Absence(Duration.ofDays(3), true);
        record Row(String name, Function<LeasedJob, Settlement> outcome) {}
        return Stream.of(
                        new Row("delivered", Settlement.Delivered::new),
                        new Row("dead", job -> new Settlement.Dead(job, failure)),
                        new Row("retry", job -> new Settlement.Retry(job, Duration.ofMinutes(1), failure)),
                        new Row("released", job -> new Settlement.Released(job, false)),
                        new Row("not reached", job -> unreached(job, absence, Duration.ofDays(9), failure)),
                        new Row(
                                "not reached for too long",
                                job -> unreached(job, absence, Duration.ofDays(1), failure)))
                .map(row -> test(
                        row.name(),
                        HOLDER,
                        2,
                        (handle, some) -> new SettleStore()
                                .settle(
                                        handle,
                                        HOLDER,
                                        some.stream()
                                                .map(LiveJob::leased)
                                                .map(row.outcome())
                                                .toList())));
    }

    private static Settlement unreached(LeasedJob job, Absence absence, Duration limit, Failure failure) {
        return new Settlement.Unreached(job, Optional.of(Duration.ofSeconds(1)), absence, limit, failure);
    }

    @TestFactory
    Stream<DynamicTest> changes() {
        Instant now = Instant.parse("2026-11-28T12:00:00Z");
        int pull = LiveJob.PULL_HOLDER;
        return Stream.of(
                test("leased", 0, 0, (handle, some) -> jobs.lease(handle, some, HOLDER)),
                test("leased to a pull consumer", 0, 0, (handle, some) -> jobs.lease(handle, some, now, now)),
                test("extended", pull, 0, (handle, some) -> jobs.extend(handle, some, Duration.ofMinutes(1))),
                test(
                        "timed out",
                        pull,
                        0,
                        (handle, some) -> jobs.timeOut(handle, some, WaitingLine.RETRY, Duration.ZERO)),
                test("recalled", 0, 0, (handle, some) -> jobs.recall(handle, some)),
                test(
                        "taken over",
                        HOLDER,
                        0,
                        (handle, some) -> jobs.takeOver(
                                handle, HOLDER, some.stream().map(LiveJob::id).toList())));
    }

    @Test
    void requeued() {
        insert(HOLDER);
        List<Xid> dead = database.withHandle(handle -> {
            handle.execute("INSERT INTO dead_job (" + DeadJob.COLUMNS + """
                    ) SELECT id, message_id, consumer_id, 0, 0, 0, FALSE, changed_at, '', '', 0 FROM job
                    """);
            handle.execute("DELETE FROM job");
            analyze(handle);
            return handle.createQuery("SELECT id FROM dead_job ORDER BY id LIMIT " + SOME)
                    .mapTo(Xid.class)
                    .list();
        });

        assertThat(rowsRead(handle -> moves.requeue(handle, consumer, dead, new Tally())))
                .isZero();
        assertThat(mariaDb.sql().count("job")).isEqualTo(SOME);
    }

    /** However many they are, and whatever the server is set to: a range that it finds too heavy it would rather not use at all. */
    @ParameterizedTest
    @CsvSource({"500, 100", "1000, 500", "1000, 1000", "40000, 32000"})
    void manyByTheirIndex(int all, String weight) throws Exception {
        try (Globals globals = new Globals(mariaDb)) {
            globals.set("optimizer_max_sel_arg_weight", weight);
            TestPool pool = TestPool.open(mariaDb.pooledBy(1));
            try {
                pool.database().inTransaction(handle -> {
                    endAndArchive(handle, all);
                    return null;
                });
            } finally {
                pool.close();
            }
        }
        assertThat(mariaDb.sql().count("job")).isZero();
        assertThat(mariaDb.sql().count("delivered_job")).isZero();
    }

    private void endAndArchive(Handle handle, int all) {
        Xid message = ids.block(all + 1);
        List<NewJob> added = IntStream.rangeClosed(1, all)
                .mapToObj(i -> new NewJob(message.plus(i), message, consumer, HOLDER, 0, 10))
                .toList();
        jobs.insert(handle, added);
        List<Settlement.Delivered> ended = added.stream()
                .map(job -> new LeasedJob(job.id(), message, consumer, HOLDER, 0, 10, 0, false))
                .map(Settlement.Delivered::new)
                .toList();
        assertThat(moves.deliver(handle, HOLDER, ended, new Tally())).isEqualTo(all);
        List<Job> delivered = new AnyJobStore().between(handle, message, message.plus(all));
        assertThat(delivered).hasSize(all);
        moves.archive(handle, delivered, new Tally());
    }

    private interface Statements {
        void run(Handle handle, List<LiveJob> some);
    }

    /** @param more times as many rows as there are jobs in question may be read, from what the statement itself lists, or by its range */
    private DynamicTest test(String name, int holder, int more, Statements statements) {
        return DynamicTest.dynamicTest(name, () -> {
            mariaDb.sql().execute("DELETE FROM job");
            insert(holder);
            List<LiveJob> some = database.withHandle(handle -> {
                analyze(handle);
                return handle.createQuery(LiveJob.SELECT + "ORDER BY id LIMIT " + SOME)
                        .map(LiveJob::of)
                        .list();
            });

            long read = rowsRead(handle -> statements.run(handle, some));

            assertThat(read).isLessThanOrEqualTo(more * (SOME + 5L));
        });
    }

    private static void analyze(Handle handle) {
        handle.execute("ANALYZE TABLE job, dead_job");
    }

    private long rowsRead(Consumer<Handle> work) {
        return database.withHandle(handle -> {
            long twice = read(handle);
            long before = read(handle);
            work.accept(handle);
            return read(handle) - before - (before - twice);
        });
    }

    private static long read(Handle handle) {
        return handle.createQuery(READ).mapTo(Long.class).one();
    }

    private void insert(int holder) {
        database.inTransaction(handle -> {
            jobs.insert(
                    handle,
                    Stream.generate(ids::next)
                            .limit(ALL)
                            .map(id -> new NewJob(id, id, consumer, holder, 0, 10))
                            .toList());
            return null;
        });
    }
}
