package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;
import org.webhookbroker.testing.Visits;

/** G7: jobs whose attempt reached nobody. */
@Tag("G7")
class UnreachedTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final int HOLDER = 7;
    private static final Failure REFUSED = new Failure("connect", "refused", false);
    private static final Duration DAY = Duration.ofDays(1);

    private final Sql sql = mariaDb.sql();
    private final SettleStore store = new SettleStore();
    private Database database;
    private Xid consumer;

    @BeforeEach
    void queue() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        consumer = registrar.push(channel, "k", "http://127.0.0.1/");
        new Seed(database).queued(channel, consumer, 10);
        sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR, takeovers = 2");
    }

    @Test
    void theTimeBeginsWithTheFailureOrWithTheOutageOrWhenTheJobWasDue() {
        waits(Duration.ZERO);
        assertThat(minutesUnreachable()).isZero();

        anew();
        waits(Duration.ofMinutes(20));
        assertThat(minutesUnreachable()).isEqualTo(20);

        anew();
        waits(Duration.ofMinutes(90));
        assertThat(minutesUnreachable()).isEqualTo(60);

        waits(Duration.ZERO);
        assertThat(minutesUnreachable())
                .as("the second failure changes nothing")
                .isEqualTo(60);
    }

    /** Others met somebody after its last failure, so that all of its time before does not count. */
    @Test
    void theTimeIsNoLongerThanAnAbsenceWhoseBeginIsKnown() {
        waits(Duration.ofMinutes(50));
        sql.execute("UPDATE job SET unreachable_since = UTC_TIMESTAMP(6) - INTERVAL 25 HOUR ORDER BY id LIMIT 9");

        settle(job -> unreached(job, Optional.empty(), new Absence(Duration.ofMinutes(55), true)));

        assertThat(sql.count("dead_job")).isZero();
        assertThat(minutesUnreachable()).isEqualTo(55);
        assertThat(sql.longOf("SELECT MIN(TIMESTAMPDIFF(MINUTE, unreachable_since, UTC_TIMESTAMP(6))) FROM job"))
                .as("nor longer than it was before")
                .isEqualTo(50);
    }

    /** But its answer may be what kills its holders, and its consumer with them for a while. */
    @Test
    void whoWasTriedWhileNobodyWasThereForLongIsNoSuspect() {
        Optional<Duration> tried = Optional.of(Duration.ZERO);
        settle(job -> unreached(job, tried, Duration.ofMinutes(14)));
        assertThat(sql.count("job", "takeovers = 2")).isEqualTo(10);

        settle(job -> unreached(job, Optional.empty(), Duration.ofDays(1).minusHours(1)));
        assertThat(sql.count("job", "takeovers = 2")).as("they only waited").isEqualTo(10);

        settle(job -> unreached(job, tried, Duration.ofMinutes(15)));
        assertThat(sql.count("job", "takeovers = 0")).isEqualTo(10);
    }

    @Test
    void nothingIsSpentAndNothingMarked() {
        waits(Duration.ZERO);

        assertThat(sql.count(
                        """
                        job""",
                        "attempts = 0 AND NOT retry AND NOT possible_duplicate AND takeovers = 2 AND holder = 0"
                                + " AND reason = 'connect' AND detail = 'refused'"))
                .isEqualTo(10);
    }

    /** As long again as it has waited, between its retry delay and half a minute; or unchanged if another was tried. */
    @Test
    void theDelayGrowsWithTheTime() {
        settle(job -> unreached(job, Optional.of(Duration.ofSeconds(5)), Duration.ZERO));
        assertThat(secondsToDue()).isBetween(4L, 5L);

        sql.execute(
                "UPDATE job SET unreachable_since = UTC_TIMESTAMP(6) - INTERVAL 20 SECOND, due_at = UTC_TIMESTAMP(6)");
        settle(job -> unreached(job, Optional.of(Duration.ofSeconds(5)), Duration.ZERO));
        assertThat(secondsToDue()).isBetween(18L, 30L);

        sql.execute("UPDATE job SET unreachable_since = UTC_TIMESTAMP(6) - INTERVAL 2 HOUR, due_at = UTC_TIMESTAMP(6)");
        settle(job -> unreached(job, Optional.of(Duration.ofSeconds(5)), Duration.ZERO));
        assertThat(secondsToDue()).isBetween(28L, 30L);

        sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR");
        String due = sql.textOf("SELECT MAX(due_at) FROM job");
        settle(job -> unreached(job, Optional.empty(), Duration.ZERO));
        assertThat(sql.textOf("SELECT MIN(due_at) FROM job")).isEqualTo(due);
    }

    @Test
    void onlyThoseWhoseTimeIsOverDie() {
        waits(Duration.ZERO);
        sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6)");
        sql.execute("UPDATE job SET unreachable_since = UTC_TIMESTAMP(6) - INTERVAL 24 HOUR ORDER BY id LIMIT 4");
        sql.execute(
                "UPDATE job SET unreachable_since = UTC_TIMESTAMP(6) - INTERVAL 1439 MINUTE ORDER BY id DESC LIMIT 6");
        List<LeasedJob> leased = lease();
        sql.execute("UPDATE job SET holder = 8 ORDER BY id LIMIT 1");

        SettleStore.Settled settled = settle(leased, job -> unreached(job, Optional.of(Duration.ZERO), Duration.ZERO));

        assertThat(settled).isEqualTo(new SettleStore.Settled(0, 0, 6, 3, 0, 1));
        assertThat(sql.count("dead_job", "reason = 'unreachable' AND attempts = 0"))
                .isEqualTo(3);
        assertThat(sql.count("job", "holder = 8")).as("another's is left alone").isEqualTo(1);
        assertThat(sql.longOf("SELECT SUM(dead) FROM tally")).isEqualTo(3);
    }

    /** The outage is as old as the job may be, and the job was due before it. */
    @Test
    void aJobThatWaitedUnseenDiesAtItsFirstFailure() {
        settle(job -> new Settlement.Unreached(
                job,
                Optional.of(Duration.ZERO),
                new Absence(Duration.ofHours(2), false),
                Duration.ofMinutes(59),
                REFUSED));
        assertThat(sql.count("dead_job")).isEqualTo(10);
    }

    @Test
    void toWaitForNoTimeIsToDieAtOnce() {
        settle(job -> new Settlement.Unreached(
                job, Optional.of(Duration.ZERO), new Absence(Duration.ZERO, false), Duration.ZERO, REFUSED));
        assertThat(sql.count("dead_job")).isEqualTo(10);
    }

    /** A consumer that answers was there, so that the next outage is another. */
    @Test
    void anAttemptThatReachesSomebodyEndsTheTime() {
        waits(Duration.ZERO);
        sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6)");
        settle(job -> new Settlement.Retry(job, Duration.ZERO, new Failure("status-500", "", false)));

        assertThat(sql.count("job", "unreachable_since IS NULL AND attempts = 1"))
                .isEqualTo(10);
    }

    @Test
    void aLeaseSaysWhetherTheJobHasWaitedSo() {
        assertThat(lease()).noneMatch(LeasedJob::unreachable);
        sql.execute("UPDATE job SET holder = 0");
        waits(Duration.ZERO);
        sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6)");

        assertThat(lease()).hasSize(10).allMatch(LeasedJob::unreachable);
    }

    private static Settlement unreached(LeasedJob job, Optional<Duration> delay, Duration outage) {
        return unreached(job, delay, new Absence(outage, false));
    }

    private static Settlement unreached(LeasedJob job, Optional<Duration> delay, Absence absence) {
        return new Settlement.Unreached(job, delay, absence, DAY, REFUSED);
    }

    private void waits(Duration outage) {
        settle(job -> unreached(job, Optional.empty(), outage));
    }

    private void anew() {
        sql.execute("UPDATE job SET unreachable_since = NULL");
    }

    private long minutesUnreachable() {
        return sql.longOf("SELECT MAX(TIMESTAMPDIFF(MINUTE, unreachable_since, UTC_TIMESTAMP(6))) FROM job");
    }

    private long secondsToDue() {
        return sql.longOf("SELECT MIN(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), due_at)) FROM job");
    }

    private void settle(Function<LeasedJob, Settlement> outcome) {
        List<LeasedJob> leased = lease();
        assertThat(leased).hasSize(10);
        settle(leased, outcome);
    }

    private SettleStore.Settled settle(List<LeasedJob> leased, Function<LeasedJob, Settlement> outcome) {
        return database.inTransaction(handle ->
                store.settle(handle, HOLDER, leased.stream().map(outcome).toList()));
    }

    private List<LeasedJob> lease() {
        sql.execute("UPDATE job SET due_at = LEAST(due_at, UTC_TIMESTAMP(6))");
        return database.inTransaction(handle -> new LeaseStore()
                .lease(handle, consumer, HOLDER, 10, job -> LeaseStore.Choice.TAKE, Visits.full())
                .jobs());
    }
}
