package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.QueryPlan;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;
import org.webhookbroker.testing.Visits;

class LeaseStoreTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    private static final int HOLDER = 7;

    private final LeaseStore leases = new LeaseStore();
    private Database database;
    private Xid channel;
    private Xid consumer;

    @BeforeEach
    void register() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        channel = registrar.channel("c");
        consumer = registrar.push(channel, "k", "http://127.0.0.1/");
    }

    @Test
    void takesTheOldestDueJobsAndHoldsThem() {
        List<Xid> jobs = new Seed(database).queued(channel, consumer, 10);

        LeaseStore.Lease lease = lease(4);

        assertThat(lease.jobs()).extracting(LeasedJob::id).isSubsetOf(jobs).hasSize(4);
        assertThat(lease.more()).isTrue();
        assertThat(lease(100).jobs()).hasSize(6);
        assertThat(lease(100).jobs()).isEmpty();
    }

    @Test
    void aJobThatDoesNotFitEndsTheTakingAndStaysQueued() {
        new Seed(database).queued(channel, consumer, 10);

        LeaseStore.Lease lease = database.inTransaction(handle -> {
            int[] room = {3};
            return leases.lease(
                    handle,
                    consumer,
                    HOLDER,
                    10,
                    job -> room[0]-- > 0 ? LeaseStore.Choice.TAKE : LeaseStore.Choice.STOP,
                    Visits.full());
        });

        assertThat(lease.jobs()).hasSize(3);
        assertThat(lease.more()).isTrue();
        assertThat(sql.count("job", "holder = 0")).isEqualTo(7);
    }

    @Test
    void aLookThatFindsNothingDueSaysWhenToLookAgain() {
        new Seed(database).queued(channel, consumer, 5);
        sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR");

        LeaseStore.Lease lease = lease(100);

        assertThat(lease.jobs()).isEmpty();
        assertThat(lease.more()).isFalse();
        assertThat(lease.nextDueMicros()).isBetween(3_500_000_000L, 3_600_000_000L);
    }

    /** G6, G11: what is urgent but not due does not stand before what is due. */
    @Test
    @Tag("G6")
    void jobsThatAreNotDueHoldNothingUp() {
        Seed seed = new Seed(database);
        seed.queued(channel, consumer, 3000);
        sql.execute("UPDATE job SET priority = 9, retry = TRUE, due_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR");
        List<Xid> due = seed.queued(channel, consumer, 5);

        assertThat(lease(100).jobs()).extracting(LeasedJob::id).containsExactlyInAnyOrderElementsOf(due);
    }

    /** G6: with a million due retries first attempts still get half of each batch. */
    @Test
    @Tag("G6")
    void retriesGetHalfOfABatchWhileFirstAttemptsWait() {
        Seed seed = new Seed(database);
        seed.queued(channel, consumer, 500);
        sql.execute("UPDATE job SET retry = TRUE, attempts = 1");
        seed.queued(channel, consumer, 500);

        List<LeasedJob> jobs = lease(100).jobs();

        assertThat(jobs).hasSize(100);
        assertThat(jobs).filteredOn(job -> job.attempts() == 0).hasSize(50);
    }

    /** The cost of a lease must not depend on the backlog: no sort, no scan of what is not taken. */
    @Test
    void everyQueryIsServedByTheLeaseIndexAlone() {
        new Seed(database).queued(channel, consumer, 20_000);
        sql.execute("ANALYZE TABLE job");

        assertThat(plan(LeaseHeads.HEADS)).contains("job_lease").contains("Using index for group-by");
        assertThat(plan(LeaseHeads.LOWEST)).contains("job_lease").contains("Using index for group-by");
        assertThat(plan(LeaseHeads.SINCE.replace("#", "0"))).contains("Select tables optimized away");
        assertThat(plan(LeaseHeads.NEXT_LOWER)).contains("Select tables optimized away");
        assertThat(plan(LeaseStore.LOCK_DUE)).contains("job_lease").doesNotContain("filesort");
        assertThat(plan(LeaseStore.LEAVES_SOME)).contains("job_lease").doesNotContain("type=ALL");
    }

    /** G6, G8: whatever priorities a producer takes, a look reads some; G11: the lowest are taken too, and all in the end. */
    @Test
    @Tag("G8")
    @Tag("G11")
    void ofVeryManyPrioritiesTheHighestAndTheLowestAreLookedAt() {
        new Seed(database).queued(channel, consumer, 1000);
        database.withHandle(handle -> {
            handle.execute("SET @priority = -1");
            return handle.execute("UPDATE job SET priority = (@priority := @priority + 1) ORDER BY id");
        });

        LeaseHeads heads = database.withHandle(handle -> LeaseHeads.of(handle, consumer));
        assertThat(heads.complete()).isFalse();
        assertThat(heads.heads())
                .extracting(LeaseHeads.Head::priority)
                .hasSize(32)
                .contains(0, 15, 984, 999)
                .doesNotContain(16, 983);

        LeaseStore.Lease first = lease(100);
        assertThat(first.jobs()).hasSize(32);
        assertThat(first.more()).isTrue();
        int taken = first.jobs().size();
        while (taken < 1000) {
            List<LeasedJob> next = lease(100).jobs();
            assertThat(next).isNotEmpty();
            taken += next.size();
        }
        assertThat(lease(100).jobs()).isEmpty();
    }

    /** Of a retry and a first attempt, too. */
    @Test
    @Tag("G6")
    void oneWantedIsOneTaken() {
        new Seed(database).queued(channel, consumer, 2);
        sql.execute("UPDATE job SET retry = 1, attempts = 1 ORDER BY id LIMIT 1");

        assertThat(lease(1).jobs()).hasSize(1);
        assertThat(lease(1).jobs()).hasSize(1);
    }

    @Test
    void aJobThatWillBeDueIsSeenBehindOneThatIs() {
        Xid later = new Seed(database).queued(channel, consumer, 2).get(1);
        database.withHandle(handle ->
                handle.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE WHERE id = ?", later));

        LeaseStore.Lease lease = lease(10);

        assertThat(lease.jobs()).hasSize(1);
        assertThat(lease.more()).isFalse();
        assertThat(lease.nextDueMicros()).isBetween(0L, Duration.ofMinutes(1).toMillis() * 1000);
    }

    /** G5, G6: what the taker cannot have now holds up nothing behind it. */
    @Test
    @Tag("G6")
    void jobsThatAreLeftOrNotAskedForHoldNothingUp() {
        new Seed(database).queued(channel, consumer, 10);
        sql.execute("UPDATE job SET takeovers = 4 ORDER BY id LIMIT 5");
        boolean[] isOut = {false};
        LeaseStore.Taker oneSuspect = job -> {
            boolean take = job.takeovers() < 4 || !isOut[0];
            isOut[0] |= job.takeovers() == 4;
            return take ? LeaseStore.Choice.TAKE : LeaseStore.Choice.LEAVE;
        };

        LeaseStore.Lease first = lease(8, oneSuspect);
        LeaseStore.Lease second = lease(2, new LeaseStore.Taker() {
            @Override
            public LeaseStore.Choice choose(LiveJob job) {
                return LeaseStore.Choice.TAKE;
            }

            @Override
            public int takeoversBelow() {
                return 4;
            }
        });

        assertThat(first.jobs())
                .as("a suspect, and what is no suspect of the eight")
                .hasSize(4);
        assertThat(first.more()).isTrue();
        assertThat(second.jobs()).as("behind four suspects").hasSize(2);
    }

    /** G6: more retries may be due than there is room for, and first attempts are taken all the same. */
    @Test
    @Tag("G6")
    void noMoreRetriesAreTakenThanAreWanted() {
        new Seed(database).queued(channel, consumer, 8);
        sql.execute("UPDATE job SET retry = TRUE, attempts = 1 ORDER BY id LIMIT 5");
        LeaseStore.Taker twoRetries = new LeaseStore.Taker() {
            @Override
            public LeaseStore.Choice choose(LiveJob job) {
                return LeaseStore.Choice.TAKE;
            }

            @Override
            public int retries() {
                return 2;
            }
        };

        LeaseStore.Lease lease = lease(10, twoRetries);

        assertThat(lease.jobs().stream().map(LeasedJob::attempts)).containsExactlyInAnyOrder(0, 0, 0, 1, 1);
        assertThat(lease.retriesWait()).isTrue();
        assertThat(lease.more()).isFalse();
        assertThat(lease.nextDueNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(lease(10).retriesWait()).isFalse();
    }

    /** Somebody else has it at this moment, and may put it back. */
    @Test
    void aDueJobThatIsLockedIsLookedForAgainAtOnce() throws Exception {
        new Seed(database).queued(channel, consumer, 1);
        try (Connection other = mariaDb.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("SELECT * FROM job FOR UPDATE");

            LeaseStore.Lease lease = lease(10);

            assertThat(lease.jobs()).isEmpty();
            assertThat(lease.nextDueMicros()).isZero();
        }
    }

    private LeaseStore.Lease lease(int wanted) {
        return lease(wanted, job -> LeaseStore.Choice.TAKE);
    }

    private LeaseStore.Lease lease(int wanted, LeaseStore.Taker taker) {
        return database.inTransaction(handle -> leases.lease(handle, consumer, HOLDER, wanted, taker, Visits.full()));
    }

    private String plan(String sql) {
        return QueryPlan.of(database, sql, consumer);
    }
}
