package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.TestPools;
import org.webhookbroker.database.UncertainCommitException;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.job.Visit;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.CommitCutter;
import org.webhookbroker.testing.CommitCutter.When;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.TestPool;

/** What becomes of the room that a look takes, however its transaction ends. */
@Tag("G8")
class LookTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final LaneLimits LIMITS = new LaneLimits(1, 8, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 5);
    private static final int DEADLOCK = 1213;

    private final MemoryBudget budget = new MemoryBudget(16 << 20);
    private final Pace fullLooks = new Pace(Duration.ZERO, Duration.ofMinutes(1), System::nanoTime);
    private final List<LeasedJob> loaded = new ArrayList<>();
    private final List<LeasedJob> released = new ArrayList<>();
    private Database database;
    private Incarnation incarnation;
    private Consumer consumer;
    private Lane lane;

    @BeforeEach
    void threeJobsAreDue() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        Xid id = registrar.push(channel, "k", "http://localhost/");
        new Seed(database).queued(channel, id, 3);
        incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        consumer = new Registry(database).refresh().consumer(id).orElseThrow();
        lane = new Lane(consumer, LIMITS, budget, incarnation, (same, job) -> {});
    }

    @Test
    void isTakenOnceAlthoughTheTransactionRunsTwice() {
        AtomicInteger runs = new AtomicInteger();

        look(taken -> {
            if (runs.incrementAndGet() == 1) {
                throw failure("40001", DEADLOCK);
            }
        });

        assertThat(runs).hasValue(2);
        assertThat(loaded).hasSize(3).allMatch(job -> lane.holds(job.id()));
        loaded.forEach(job -> lane.settled(new Settlement.Delivered(job)));
        assertThat(released).isEmpty();
        mustBeFree();
    }

    @Test
    void isGivenBackWhenTheTransactionFails() {
        assertThatThrownBy(() -> look(taken -> {
                    throw failure("42S02", 1146);
                }))
                .isInstanceOf(JdbiException.class);
        assertThatThrownBy(() -> look(taken -> {
                    throw new StackOverflowError("on purpose");
                }))
                .isInstanceOf(StackOverflowError.class);

        assertThat(loaded).isEmpty();
        assertThat(released).isEmpty();
        mustBeFree();
    }

    /** G4: nobody knows whether the jobs are ours, so they are known until they are released, and released once. */
    @ParameterizedTest
    @EnumSource(When.class)
    void staysWithJobsWhoseCommitIsUncertain(When when) {
        try (CommitCutter cutter = CommitCutter.start(mariaDb)) {
            TestPool pool = TestPool.open(TestPools.of(cutter.jdbcUrl(), mariaDb.user(), mariaDb.password(), 1));
            try {
                cutter.cutNext("FOR UPDATE SKIP LOCKED", when);
                Look look = lane.look().orElseThrow();
                assertThatThrownBy(() -> look.run(pool.database(), new Recorded(taken -> {}, jobs -> {})))
                        .isInstanceOf(UncertainCommitException.class);
            } finally {
                pool.close();
            }
        }

        assertThat(loaded).isEmpty();
        assertThat(released).hasSize(3).allMatch(job -> lane.holds(job.id()));
        released.forEach(job -> lane.settled(new Settlement.Released(job, false)));
        mustBeFree();
    }

    /** G4: the caller releases the jobs; until then they are known. */
    @Test
    void staysWithJobsThatCouldNotBeLoaded() {
        List<LeasedJob> leased = new ArrayList<>();
        assertThatThrownBy(() -> lane.look().orElseThrow().run(database, new Recorded(leased::addAll, jobs -> {
                    throw failure("42S02", 1146);
                })))
                .isInstanceOf(JdbiException.class);

        assertThat(leased).hasSize(3).allMatch(job -> lane.holds(job.id()));
        leased.forEach(job -> lane.settled(new Settlement.Released(job, false)));
        mustBeFree();
    }

    /** A million empty messages are not nothing. */
    @Test
    void countsTheObjectsAroundAPayloadToo() {
        LaneLimits limits = new LaneLimits(1, 1000, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 5);
        LaneRoom room = new LaneRoom(limits, budget, incarnation);
        for (int i = 0; i < 1000; i++) {
            assertThat(room.take(0)).isTrue();
        }

        assertThat(room.free()).isZero();
        assertThat(budget.shared()).isEqualTo(1000 * LaneRoom.JOB_OVERHEAD - MemoryBudget.OWN);
    }

    private static JdbiException failure(String state, int code) {
        return new UnableToExecuteStatementException(new SQLException("on purpose", state, code), null);
    }

    private void look(java.util.function.Consumer<List<LeasedJob>> afterwards) {
        lane.look().orElseThrow().run(database, new Recorded(afterwards, jobs -> {}));
    }

    private void mustBeFree() {
        assertThat(lane.isEmpty()).isTrue();
        assertThat(budget.shared()).isZero();
    }

    /** Leases from the database, and records what it is told. */
    private final class Recorded implements Look.Leasing {
        private final java.util.function.Consumer<List<LeasedJob>> afterwards;
        private final java.util.function.Consumer<List<LeasedJob>> loading;

        /**
         * @param afterwards runs after the jobs were leased, and before the commit
         * @param loading runs after the commit
         */
        Recorded(
                java.util.function.Consumer<List<LeasedJob>> afterwards,
                java.util.function.Consumer<List<LeasedJob>> loading) {
            this.afterwards = afterwards;
            this.loading = loading;
        }

        @Override
        public Pace fullLooks() {
            return fullLooks;
        }

        @Override
        public LeaseStore.Lease lease(Handle handle, int wanted, LeaseStore.Taker taker, Visit visit) {
            LeaseStore.Lease lease =
                    new LeaseStore().lease(handle, consumer.id(), incarnation.lock(handle), wanted, taker, visit);
            afterwards.accept(lease.jobs());
            return lease;
        }

        @Override
        public void load(List<LeasedJob> jobs) {
            loading.accept(jobs);
            loaded.addAll(jobs);
        }

        @Override
        public void release(List<LeasedJob> jobs) {
            released.addAll(jobs);
        }
    }
}
