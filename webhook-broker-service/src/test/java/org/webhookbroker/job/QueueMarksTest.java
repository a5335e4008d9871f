package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.LeaseStore.Choice;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;

/** Looks that begin at marks cost the same whatever is gone, and miss nothing for long. */
class QueueMarksTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final int HOLDER = 7;
    private static final Duration LONG_AGO = Duration.ofMinutes(-30);

    private final XidGenerator ids = new XidGenerator(Clock.systemUTC());
    private final AtomicLong nanos = new AtomicLong();
    private final Pace pace = new Pace(Duration.ZERO, Duration.ofHours(1), nanos::get);
    private final QueueMarks marks = new QueueMarks();
    private final LeaseStore leases = new LeaseStore();
    private final SettleStore settlements = new SettleStore();
    private Database database;
    private Xid consumer;

    @BeforeEach
    void register() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        consumer = registrar.push(registrar.channel("c"), "k", "http://127.0.0.1/");
        rest();
    }

    /** G6: while somebody makes a backup. */
    @Test
    @Tag("G6")
    void aLookReadsNothingOfWhatIsGone() throws SQLException {
        try (Connection backup = mariaDb.connect();
                Statement view = backup.createStatement()) {
            view.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            view.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
            through(0, 500);
            long first = pagesOfLooks(1, () -> {});
            through(2, 500);
            long second = pagesOfLooks(3, () -> {});
            IntStream.range(4, 34).forEach(round -> through(round, 500));
            long last = pagesOfLooks(34, () -> {});
            long full = pagesOfLooks(35, this::aMinuteLater);

            assertThat(last).isLessThan(Math.max(first, second) + 20);
            assertThat(full).as("this test sees what is gone").isGreaterThan(last + 40);
        }
    }

    /** Jobs of a later and later due time are leased and delivered. */
    private void through(int round, int count) {
        insert(0, LONG_AGO.plusSeconds(round), count);
        List<LeasedJob> leased = look(count);
        assertThat(leased).hasSize(count);
        settle(leased, Settlement.Delivered::new);
    }

    /** The fewest of some looks, as the server counts what its own threads read too. */
    private long pagesOfLooks(int round, Runnable beforeEach) {
        return LongStream.generate(() -> {
                    beforeEach.run();
                    insert(0, LONG_AGO.plusSeconds(round), 1);
                    long before = pages();
                    assertThat(look(1)).hasSize(1);
                    return pages() - before;
                })
                .limit(5)
                .min()
                .orElseThrow();
    }

    private static long pages() {
        return mariaDb.sql()
                .longOf("SELECT variable_value FROM information_schema.global_status"
                        + " WHERE variable_name = 'Innodb_buffer_pool_read_requests'");
    }

    /** G2, G6: whatever puts a job where this node has seen nothing. */
    @TestFactory
    @Tag("G6")
    Stream<DynamicTest> jobsBelowAMarkAreFoundByTheNextFullLook() {
        record Row(String name, Runnable writes) {}
        Failure failure = new Failure("connect", "", false);
        return Stream.of(
                        new Row("released", () -> settle(held(), job -> new Settlement.Released(job, false))),
                        new Row(
                                "not reached, in whose stead another was tried",
                                () -> settle(
                                        held(),
                                        job -> new Settlement.Unreached(
                                                job,
                                                Optional.empty(),
                                                new Absence(Duration.ofSeconds(1), false),
                                                Duration.ofDays(1),
                                                failure))),
                        new Row("taken over", () -> {
                            List<Xid> taken = held().stream().map(LeasedJob::id).toList();
                            inTransaction(handle -> new JobStore().takeOver(handle, HOLDER, taken));
                        }),
                        new Row("a transaction that took long", () -> insert(0, LONG_AGO, 1)),
                        new Row("another priority, through another node", () -> insert(9, Duration.ZERO, 1)),
                        new Row("the clock was set back", () -> insert(0, Duration.ofHours(-1), 1)))
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
                    mariaDb.sql().execute("DELETE FROM job");
                    insert(0, Duration.ofMinutes(-1), 2);
                    aMinuteLater();
                    assertThat(look(10)).hasSize(2);
                    assertThat(look(10)).isEmpty();
                    mariaDb.sql().execute("DELETE FROM job");

                    row.writes().run();
                    LeaseStore.Lease second = lease(10, job -> Choice.TAKE);
                    assertThat(second.jobs()).isEmpty();
                    assertThat(second.nextDueMicros())
                            .as("no lane rests on its word")
                            .isLessThanOrEqualTo(2_000_000);

                    aMinuteLater();
                    assertThat(look(10)).hasSize(1);
                }));
    }

    /** A job that this node holds and that was due long ago. */
    private List<LeasedJob> held() {
        Xid id = insert(0, LONG_AGO, 1).get(0);
        mariaDb.sql().execute("UPDATE job SET holder = " + HOLDER);
        return List.of(new LeasedJob(id, id, consumer, HOLDER, 0, 10, 0, false, false));
    }

    @Test
    void whatThisNodeQueuesIsSeenAtOnce() {
        insert(0, LONG_AGO, 1);
        look(10);

        insert(9, Duration.ZERO, 1);
        marks.added(WaitingLine.FIRST, 9);
        assertThat(look(10)).as("another priority").hasSize(1);

        insert(9, Duration.ofMillis(-200), 1);
        assertThat(look(10)).as("committed a little late").hasSize(1);
    }

    @Test
    void aRetryOfThisNodeIsSeenAtOnce() {
        insert(0, LONG_AGO, 1);
        settle(look(10), job -> {
            Settlement retry = new Settlement.Retry(job, Duration.ZERO, new Failure("status-500", "", true));
            marks.added(WaitingLine.after(retry), job.priority());
            return retry;
        });

        assertThat(look(10)).hasSize(1);
    }

    /** G5: such as suspects, when they cannot be tried now. */
    @Test
    @Tag("G5")
    void whatWasLeftIsSeenAgain() {
        insert(0, LONG_AGO, 1);
        insert(0, LONG_AGO.plusSeconds(1), 3);
        boolean[] leave = {true, false, false, false};
        int[] asked = {0};
        assertThat(lease(10, job -> leave[asked[0]++] ? Choice.LEAVE : Choice.TAKE)
                        .jobs())
                .hasSize(3);

        assertThat(look(10)).hasSize(1);
    }

    /** G5: those that cannot be tried now are filtered by the statement if they are many, and so their taker is not asked. */
    @Test
    @Tag("G5")
    void whatTheStatementLeftOutIsSeenAgain() {
        insert(0, LONG_AGO, 2);
        mariaDb.sql().execute("UPDATE job SET takeovers = 4");
        for (int look = 1; look <= 2; look++) {
            insert(0, LONG_AGO.plusSeconds(look), 3);
            assertThat(lease(10, new WithoutSuspects()).jobs()).hasSize(3);
        }

        assertThat(look(10)).hasSize(2);
    }

    private static final class WithoutSuspects implements LeaseStore.Taker {
        @Override
        public Choice choose(LiveJob job) {
            return Choice.TAKE;
        }

        @Override
        public int takeoversBelow() {
            return 4;
        }
    }

    @Test
    void aLookThatWasRolledBackMovesNoMark() {
        insert(0, LONG_AGO, 1);
        look(10);
        insert(0, LONG_AGO.plusSeconds(1), 5);

        Visit visit = marks.visit(pace);
        assertThatThrownBy(() -> inTransaction(handle -> {
                    assertThat(leases.lease(handle, consumer, HOLDER, 10, job -> Choice.TAKE, visit)
                                    .jobs())
                            .hasSize(5);
                    throw new IllegalStateException("on purpose");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(look(10)).hasSize(5);
    }

    /** G8: each costs a read and some memory. */
    @Test
    @Tag("G8")
    void ofVeryManyPrioritiesNoMarksAreKept() {
        for (int priority = 0; priority < 1000; priority++) {
            insert(priority, LONG_AGO, 1);
            marks.added(WaitingLine.FIRST, priority);
        }
        Visit first = marks.visit(pace);
        assertThat(first.isFull()).isTrue();
        assertThat(look(10)).hasSize(10);
        assertThat(marks.visit(pace).isFull()).isTrue();

        mariaDb.sql().execute("DELETE FROM job WHERE priority > 2");
        look(1);
        insert(0, LONG_AGO, 1);
        assertThat(look(10)).isNotEmpty();
        assertThat(marks.visit(pace).isFull()).as("of few they are").isFalse();
    }

    /** Now nothing makes a look full but that a minute is over. */
    private void rest() {
        pace.took(Duration.ofHours(1).toNanos());
    }

    private void aMinuteLater() {
        nanos.addAndGet(QueueMarks.LONGEST.toNanos());
        rest();
    }

    private List<Xid> insert(int priority, Duration due, int count) {
        List<Xid> jobs = new ArrayList<>();
        inTransaction(handle -> new JobStore()
                .insert(
                        handle,
                        Stream.generate(ids::next)
                                .limit(count)
                                .peek(jobs::add)
                                .map(id -> new NewJob(
                                        id,
                                        id,
                                        consumer,
                                        NewJob.QUEUED,
                                        priority,
                                        10,
                                        new NewJob.Past(WaitingLine.FIRST, due, 0, false, "", "", 0)))
                                .toList()));
        return jobs;
    }

    private List<LeasedJob> look(int wanted) {
        return lease(wanted, job -> Choice.TAKE).jobs();
    }

    private LeaseStore.Lease lease(int wanted, LeaseStore.Taker taker) {
        Visit visit = marks.visit(pace);
        LeaseStore.Lease lease =
                database.inTransaction(handle -> leases.lease(handle, consumer, HOLDER, wanted, taker, visit));
        marks.looked(visit);
        return lease;
    }

    private void settle(List<LeasedJob> jobs, Function<LeasedJob, Settlement> outcome) {
        inTransaction(handle ->
                settlements.settle(handle, HOLDER, jobs.stream().map(outcome).toList()));
    }

    private void inTransaction(java.util.function.Consumer<Handle> work) {
        database.inTransaction(handle -> {
            work.accept(handle);
            return null;
        });
    }
}
