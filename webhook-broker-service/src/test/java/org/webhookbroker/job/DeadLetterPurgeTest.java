package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;
import org.webhookbroker.testing.Together;

class DeadLetterPurgeTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    private final AtomicInteger told = new AtomicInteger();
    private Database database;
    private Seed seed;
    private Registry registry;
    private Incarnation incarnation;
    private Xid channel;
    private Consumer consumer;
    private Consumer other;
    private DeadLetterPurge purge;

    @BeforeEach
    void setUp() {
        database = mariaDb.database();
        seed = new Seed(database);
        Registrar registrar = new Registrar(database);
        channel = registrar.channel("orders");
        Xid id = registrar.push(channel, "billing", "http://127.0.0.1/");
        Xid otherId = registrar.push(channel, "shipping", "http://127.0.0.1/");
        registry = new Registry(database);
        consumer = registry.refresh().consumer(id).orElseThrow();
        other = registry.refresh().consumer(otherId).orElseThrow();
        incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        purge = purge();
        purge.onDeletion(told::incrementAndGet);
    }

    private DeadLetterPurge purge() {
        return new DeadLetterPurge(database, new RetryFactory().build(new Random()), new AuditTrail(database));
    }

    private long purge(Consumer whose) {
        return purge.purge(whose, () -> true, Auditing.TEST);
    }

    @Test
    @Tag("G2")
    void deletesAllOfOneConsumerInManyBatchesAndCountsThemAsRemoved() throws Exception {
        dead(2_500, "status-500");
        seed.dead(channel, other.id(), 3, "status-500", NOON);

        assertThat(purge(consumer)).isEqualTo(2_500);

        assertThat(totals(consumer).dead()).isZero();
        assertThat(totals(consumer).removed()).isEqualTo(2_500);
        assertThat(totals(consumer).died()).isEqualTo(2_500);
        assertThat(totals(other).dead()).isEqualTo(3);
        assertThat(sql.count("dead_job")).isEqualTo(3);
        assertThat(sql.count("message")).isEqualTo(2503);
        assertThat(told).hasValue(1);
        assertThat(purge(consumer)).isEqualTo(0);
        assertThat(told).hasValue(1);
    }

    /** As a pull consumer declares them, or after the limit was raised: they still have attempts ahead. */
    @Test
    void leavesWhatStillHasAttemptsAheadButNotWhatKillsItsHolders() throws Exception {
        List<Xid> exhausted = dead(1, "status-500");
        List<Xid> early = dead(1_200, "");
        List<Xid> poison = dead(1, "crash-loop");
        sql.execute("UPDATE dead_job SET attempts = 4 WHERE reason <> 'status-500'");
        sql.execute("UPDATE dead_job SET attempts = 5 WHERE reason = 'status-500'");

        assertThat(purge.delete(consumer, early.get(0), Auditing.TEST)).isFalse();
        assertThat(purge(consumer)).isEqualTo(2);

        assertThat(totals(consumer).dead()).isEqualTo(1_200);
        assertThat(purge.delete(consumer, exhausted.get(0), Auditing.TEST)).isFalse();
        assertThat(purge.delete(consumer, poison.get(0), Auditing.TEST)).isFalse();
        assertThat(told).hasValue(1);
    }

    @Test
    void aConsumersOwnLimitCounts() throws Exception {
        dead(2, "status-500");
        sql.execute("UPDATE dead_job SET attempts = 2");
        assertThat(purge(consumer)).isEqualTo(0);
        sql.execute("UPDATE consumer SET max_retries = '2' WHERE public_id = 'billing'");
        sql.execute("UPDATE registry_version SET version = version + 1");
        Consumer patient = registry.refresh().consumer(consumer.id()).orElseThrow();

        assertThat(purge.delete(patient, firstDead(), Auditing.TEST)).isTrue();
        assertThat(purge(patient)).isEqualTo(1);
    }

    @Test
    void neitherAnotherConsumersNorAnUnknownJobIsDeleted() {
        Xid job = dead(1, "status-500").get(0);

        assertThat(purge.delete(other, job, Auditing.TEST)).isFalse();
        assertThat(purge.delete(consumer, new Xid(1, 1), Auditing.TEST)).isFalse();

        assertThat(totals(consumer).dead()).isEqualTo(1);
        assertThat(told).hasValue(0);
    }

    @Test
    void endsWhenItsTimeIsOverAndSaysHowFarItCame() throws Exception {
        dead(2_500, "status-500");

        assertThat(purge.purge(consumer, () -> false, Auditing.TEST)).isEqualTo(1_000);
        assertThat(totals(consumer).dead()).isEqualTo(1_500);
        assertThat(purge.purge(consumer, () -> false, Auditing.TEST)).isEqualTo(1_000);
        assertThat(purge.purge(consumer, () -> false, Auditing.TEST)).isEqualTo(500);
    }

    @Test
    void theAuditSaysWhetherItsTimeWasOver() throws Exception {
        dead(1_500, "status-500");
        purge.purge(consumer, () -> false, Auditing.TEST);
        assertThat(sql.textOf("SELECT CONCAT(outcome, ' ', affected) FROM audit WHERE action = 'purge'"))
                .isEqualTo("unfinished 1000");
        sql.execute("DELETE FROM audit");
        purge.purge(consumer, () -> false, Auditing.TEST);
        assertThat(sql.textOf("SELECT CONCAT(outcome, ' ', affected) FROM audit WHERE action = 'purge'"))
                .isEqualTo("done 500");
    }

    /** Each dead job is requeued or deleted, once, whoever is first. */
    @Test
    @Tag("G2")
    void racingRequeuesPurgesAndSettlementsAccountForEveryJob() throws Exception {
        List<Xid> jobs = dead(6_000, "status-500");
        DeadLetters requeues =
                new DeadLetters(database, registry, incarnation, (who, priority) -> {}, new AuditTrail(database));
        DeadLetterPurge onAnotherNode = purge();

        List<Long> counts = Together.run(List.of(
                () -> purge(consumer),
                () -> onAnotherNode.purge(consumer, () -> true, Auditing.TEST),
                () -> (long)
                        requeues.requeue(consumer, jobs, requeues.begin(consumer, Auditing.TEST.doing(Action.REQUEUE))),
                this::settleSome));

        long deleted = counts.get(0) + counts.get(1);
        long requeued = counts.get(2);
        TallyStore.Totals totals = totals(consumer);
        assertThat(totals.removed()).isEqualTo(deleted);
        assertThat(totals.delivered()).isEqualTo(counts.get(3) / 2);
        assertThat(deleted + requeued).isEqualTo(6_000 + counts.get(3) - totals.delivered() - totals.dead());
        assertThat(sql.count("dead_job")).isEqualTo(totals.dead());
        assertThat(sql.count("job")).isEqualTo(totals.live());
        assertThat(sql.count("delivered_job")).isEqualTo(totals.delivered());
    }

    /** Half of them delivered, half dead: 20 batches beside the races. */
    private long settleSome() {
        XidGenerator ids = new XidGenerator(Clock.systemUTC());
        long settled = 0;
        for (int batch = 0; batch < 20; batch++) {
            List<LeasedJob> jobs = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Xid message = ids.block(2);
                jobs.add(new LeasedJob(message.plus(1), message, consumer.id(), incarnation.id(), 0, 10, 5, false));
            }
            database.inTransaction(handle -> {
                new JobStore()
                        .insert(
                                handle,
                                jobs.stream()
                                        .map(job -> new NewJob(
                                                job.id(), job.messageId(), job.consumerId(), job.holder(), 0, 10))
                                        .toList());
                new Tally().accepted(consumer.id(), jobs.size()).write(handle, incarnation.id());
                return jobs.size();
            });
            List<Settlement> outcomes = new ArrayList<>();
            for (int i = 0; i < jobs.size(); i++) {
                outcomes.add(
                        i % 2 == 0
                                ? new Settlement.Delivered(jobs.get(i))
                                : new Settlement.Dead(jobs.get(i), new Failure("status-500", "", true)));
            }
            SettleStore.Settled done =
                    database.inTransaction(handle -> new SettleStore().settle(handle, incarnation.id(), outcomes));
            assertThat(done.stale()).isZero();
            settled += jobs.size();
        }
        return settled;
    }

    /** The reverse: its counters are those of no settlement, so a slow one of this node does not hold it up either. */
    @Test
    @Tag("G6")
    void aSettlementHoldsUpNoPurge() throws Exception {
        dead(1, "status-500");
        database.inTransaction(handle -> {
            new Tally().delivered(consumer.id(), 1).write(handle, incarnation.id());
            assertThat(CompletableFuture.supplyAsync(() -> purge.delete(consumer, firstDead(), Auditing.TEST))
                            .get())
                    .isTrue();
            return 1;
        });
    }

    /** A purge that is in the middle of its transaction, before the commit, holds nothing that a settlement needs. */
    @Test
    @Tag("G6")
    void aPurgeHoldsUpNoSettlement() throws Exception {
        Xid job = dead(1, "status-500").get(0);
        database.inTransaction(handle -> {
            Tally tally = new Tally();
            assertThat(new JobMoveStore().purge(handle, consumer.id(), 5, List.of(job), tally))
                    .isEqualTo(1);
            tally.write(handle, 0);
            // On another thread, as Jdbi would use this one's connection.
            assertThat(CompletableFuture.supplyAsync(this::settleSome).get()).isEqualTo(400);
            return 1;
        });
        assertThat(totals(consumer).dead()).isEqualTo(200);
        assertThat(totals(consumer).removed()).isEqualTo(1);
    }

    private Xid firstDead() {
        return database.withHandle(handle -> handle.createQuery("SELECT id FROM dead_job ORDER BY id LIMIT 1")
                .mapTo(Xid.class)
                .one());
    }

    private List<Xid> dead(int count, String reason) {
        return seed.dead(channel, consumer.id(), count, reason, NOON);
    }

    private TallyStore.Totals totals(Consumer whose) {
        return database.withHandle(handle -> new TallyStore().of(handle, whose.id()));
    }
}
