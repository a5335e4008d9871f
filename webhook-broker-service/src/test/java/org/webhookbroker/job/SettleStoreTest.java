package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Visits;

/** Many outcomes in one transaction, each its own. */
class SettleStoreTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final int HOLDER = 7;
    private static final int OTHER = 8;

    private final SettleStore store = new SettleStore();
    private Database database;
    private Xid channel;
    private List<LeasedJob> jobs;
    private int from;

    @BeforeEach
    void lease() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        channel = registrar.channel("c");
        Xid consumer = registrar.push(channel, "k", "http://127.0.0.1/");
        new Seed(database).queued(channel, consumer, 600);
        mariaDb.sql().execute("UPDATE job SET takeovers = 4");
        jobs = database.inTransaction(handle -> new LeaseStore()
                .lease(handle, consumer, HOLDER, 600, job -> LeaseStore.Choice.TAKE, Visits.full())
                .jobs());
    }

    @Test
    void eachRetryGetsItsOwnTimeReasonAndMark() {
        SettleStore.Settled settled = settle(
                jobs,
                job -> new Settlement.Retry(
                        job,
                        Duration.ofMinutes(number(job)),
                        new Failure("status-" + number(job), detail(number(job)), number(job) % 2 == 1)));

        assertThat(settled).isEqualTo(new SettleStore.Settled(0, 600, 0, 0, 0, 0));
        for (Map<String, Object> row : rows()) {
            int number = ((Number) row.get("number")).intValue();
            assertThat(row)
                    .containsEntry("reason", "status-" + number)
                    .containsEntry("detail", detail(number))
                    .containsEntry("takeovers", 0)
                    .containsEntry("possible_duplicate", number % 2 == 1)
                    .containsEntry("attempts", 1L)
                    .containsEntry("retry", true)
                    .containsEntry("holder", 0L);
            assertThat(((Number) row.get("minutes")).intValue()).isIn(number - 1, number);
        }
    }

    /** From empty to as long as the column takes. */
    private static String detail(int number) {
        return ("Grüße " + number + " ").repeat(40).substring(0, Math.min(number, 255));
    }

    /** G4: of a batch only those are touched that are still ours, and the others are counted as stale. */
    @TestFactory
    @Tag("G4")
    Stream<DynamicTest> whatAnotherHoldsIsLeftAlone() {
        Failure failure = new Failure("connect", "", true);
        record Row(String outcome, Function<LeasedJob, Settlement> settlement, SettleStore.Settled settled) {}
        return Stream.of(
                        new Row("delivered", Settlement.Delivered::new, new SettleStore.Settled(80, 0, 0, 0, 0, 40)),
                        new Row(
                                "retry",
                                job -> new Settlement.Retry(job, Duration.ZERO, failure),
                                new SettleStore.Settled(0, 80, 0, 0, 0, 40)),
                        new Row(
                                "dead",
                                job -> new Settlement.Dead(job, failure),
                                new SettleStore.Settled(0, 0, 0, 80, 0, 40)),
                        new Row(
                                "released before an attempt",
                                job -> new Settlement.Released(job, false),
                                new SettleStore.Settled(0, 0, 0, 0, 80, 40)),
                        new Row(
                                "released",
                                job -> new Settlement.Released(job, true),
                                new SettleStore.Settled(0, 0, 0, 0, 80, 40)))
                .map(row -> DynamicTest.dynamicTest(row.outcome(), () -> {
                    List<LeasedJob> mine = jobs.subList(from, from += 120);
                    List<LeasedJob> foreign = IntStream.range(0, 40)
                            .mapToObj(i -> mine.get(3 * i))
                            .toList();
                    database.withHandle(handle -> handle.createUpdate(
                                    "UPDATE job SET holder = :other WHERE id IN (<ids>)")
                            .bind("other", OTHER)
                            .bindList("ids", foreign.stream().map(LeasedJob::id).toList())
                            .execute());

                    assertThat(settle(mine, row.settlement())).isEqualTo(row.settled());

                    assertThat(marked(mine)).isEqualTo(marks(row.settlement().apply(mine.get(0))) ? 80 : 0);
                    assertThat(heldByOther())
                            .containsAll(foreign.stream().map(LeasedJob::id).toList());
                }));
    }

    /** G2: each outcome is counted once, and what is stale is not. */
    @Test
    @Tag("G2")
    void outcomesAreCountedOnce() {
        Failure failure = new Failure("connect", "", true);
        settle(jobs.subList(0, 20), Settlement.Delivered::new);
        settle(jobs.subList(10, 25), Settlement.Delivered::new);
        settle(jobs.subList(20, 32), job -> new Settlement.Dead(job, failure));

        TallyStore.Totals totals = database.withHandle(
                handle -> new TallyStore().of(handle, jobs.get(0).consumerId()));
        assertThat(totals.delivered()).isEqualTo(25);
        assertThat(totals.dead()).isEqualTo(7);
        assertThat(totals.died()).isEqualTo(7);
    }

    /** G7: what may have arrived once may have arrived for ever. */
    @Test
    @Tag("G7")
    void aMarkStaysWhateverComesLater() {
        mariaDb.sql().execute("UPDATE job SET possible_duplicate = TRUE");
        Failure notArrived = new Failure("status-500", "", false);

        settle(jobs.subList(0, 10), job -> new Settlement.Retry(job, Duration.ZERO, notArrived));
        settle(jobs.subList(10, 20), job -> new Settlement.Released(job, false));

        assertThat(marked(jobs.subList(0, 20))).isEqualTo(20);
    }

    /** Whether a settlement leaves a job live whose next attempt may be a repeat. */
    private static boolean marks(Settlement settlement) {
        return settlement instanceof Settlement.Retry
                || (settlement instanceof Settlement.Released released && released.mayHaveArrived());
    }

    private int marked(List<LeasedJob> some) {
        return database.withHandle(
                handle -> handle.createQuery("SELECT COUNT(*) FROM job WHERE id IN (<ids>) AND possible_duplicate")
                        .bindList("ids", some.stream().map(LeasedJob::id).toList())
                        .mapTo(Integer.class)
                        .one());
    }

    /** Those that the other holds, and that are as they were when it took them. */
    private List<Xid> heldByOther() {
        return database.withHandle(handle ->
                handle.createQuery("""
                        SELECT id FROM job WHERE holder = :other AND attempts = 0 AND takeovers = 4 AND NOT possible_duplicate
                        """).bind("other", OTHER).mapTo(Xid.class).list());
    }

    /** By primary key: a scan would wait for rows that others have locked. */
    @Test
    @Tag("G6")
    void noOtherRowIsLookedAt() throws Exception {
        Xid consumer = new Registrar(database).push(channel, "other", "http://127.0.0.1/");
        Xid foreign = new Seed(database).queued(channel, consumer, 1).get(0);
        try (Connection other = mariaDb.connect()) {
            other.setAutoCommit(false);
            PreparedStatement lock = other.prepareStatement("SELECT * FROM job WHERE id = ? FOR UPDATE");
            lock.setBytes(1, foreign.bytes());
            lock.execute();

            Failure failure = new Failure("connect", "", false);
            SettleStore.Settled settled =
                    settle(jobs.subList(0, 100), job -> new Settlement.Retry(job, Duration.ZERO, failure));

            assertThat(settled.retried()).isEqualTo(100);
            assertThat(settle(jobs.subList(100, 200), job -> new Settlement.Released(job, false))
                            .released())
                    .isEqualTo(100);
        }
    }

    private int number(LeasedJob job) {
        return jobs.indexOf(job);
    }

    private SettleStore.Settled settle(List<LeasedJob> some, Function<LeasedJob, Settlement> outcome) {
        return database.inTransaction(handle ->
                store.settle(handle, HOLDER, some.stream().map(outcome).toList()));
    }

    private List<Map<String, Object>> rows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            int number = i;
            rows.add(database.withHandle(handle -> handle.createQuery("""
                            SELECT :number AS number, holder, retry, attempts, possible_duplicate, takeovers, reason, detail,
                              TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(6), due_at) AS minutes
                            FROM job WHERE id = :id
                            """)
                    .bind("number", number)
                    .bind("id", jobs.get(number).id())
                    .mapToMap()
                    .one()));
        }
        return rows;
    }
}
