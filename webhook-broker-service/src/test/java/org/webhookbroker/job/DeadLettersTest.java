package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Together;

@Tag("slow")
class DeadLettersTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private Database database;
    private Seed seed;
    private Xid channel;
    private Consumer consumer;
    private Consumer other;
    private DeadLetters deadLetters;
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void setUp() {
        database = mariaDb.database();
        seed = new Seed(database);
        Registrar registrar = new Registrar(database);
        channel = registrar.channel("orders");
        Xid id = registrar.push(channel, "billing", "http://127.0.0.1/");
        Xid otherId = registrar.push(channel, "shipping", "http://127.0.0.1/");
        Registry registry = new Registry(database);
        consumer = registry.refresh().consumer(id).orElseThrow();
        other = registry.refresh().consumer(otherId).orElseThrow();
        Incarnation incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        deadLetters = new DeadLetters(database, registry, incarnation, this::queued, new AuditTrail(database));
    }

    private synchronized void queued(Consumer who, int priority) {
        told.add(who.publicId() + " " + priority);
    }

    @Test
    void requeuedJobHasAllItsAttemptsAheadAndStillSaysThatItMayBeARepeat() {
        Xid job = dead(1, "status-500", NOON).get(0);

        assertThat(deadLetters.requeue(consumer, job, Auditing.TEST)).isTrue();

        String row = one("""
                SELECT CONCAT_WS(' ', attempts, retry, takeovers, holder, possible_duplicate, priority, size,
                  due_at <= UTC_TIMESTAMP(6))
                FROM job
                """);
        assertThat(row).isEqualTo("0 0 0 0 1 3 10 1");
        assertThat(totals().dead()).isZero();
        assertThat(totals().live()).isEqualTo(1);
        assertThat(told).containsExactly("billing 3");
    }

    @Test
    void neitherAnotherConsumersNorAnUnknownJobIsRequeued() {
        Xid job = dead(1, "status-500", NOON).get(0);

        assertThat(deadLetters.requeue(other, job, Auditing.TEST)).isFalse();
        assertThat(deadLetters.requeue(consumer, new Xid(1, 1), Auditing.TEST)).isFalse();

        assertThat(one("SELECT COUNT(*) FROM job")).isEqualTo("0");
        assertThat(totals().dead()).isEqualTo(1);
        assertThat(told).isEmpty();
    }

    @Test
    void manyRequeuesOfOneJobMakeOne() throws Exception {
        Xid job = dead(1, "status-500", NOON).get(0);

        List<Boolean> answers =
                Together.run(Collections.nCopies(6, () -> deadLetters.requeue(consumer, job, Auditing.TEST)));

        assertThat(answers).containsOnlyOnce(true);
        assertThat(one("SELECT COUNT(*) FROM job")).isEqualTo("1");
        assertThat(totals().dead()).isZero();
        assertThat(totals().live()).isEqualTo(1);
    }

    @Test
    void concurrentRequeuesOfAllRequeueEachOnce() throws Exception {
        List<Xid> jobs = dead(12_000, "status-500", NOON);
        seed.dead(channel, other.id(), 5, "status-500", NOON);

        List<Integer> counts = Together.run(Collections.nCopies(
                3,
                () -> deadLetters.requeue(
                        consumer, jobs, deadLetters.begin(consumer, Auditing.TEST.doing(Action.REQUEUE)))));

        assertThat(counts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(12_000);
        assertThat(one("SELECT COUNT(*) FROM job")).isEqualTo("12000");
        assertThat(one("SELECT COUNT(*) FROM dead_job")).isEqualTo("5");
        assertThat(totals().dead()).isZero();
        assertThat(totals().live()).isEqualTo(12_000);
    }

    @Test
    void takesThoseOfTheOldestMessagesAndSaysWhenItsTimeWasOverTooSoon() {
        List<Xid> jobs = dead(11_000, "status-500", NOON);

        assertThat(deadLetters.requeueAll(consumer, () -> false, Auditing.TEST)).isFalse();
        assertThat(totals().live()).isEqualTo(5_000);
        List<Xid> left = database.withHandle(handle -> handle.createQuery("SELECT id FROM dead_job ORDER BY id")
                .mapTo(Xid.class)
                .list());
        assertThat(left).isEqualTo(jobs.subList(5_000, 11_000));
        assertThat(deadLetters.requeueAll(consumer, () -> true, Auditing.TEST)).isTrue();
        assertThat(totals().live()).isEqualTo(11_000);
        assertThat(totals().dead()).isZero();
    }

    @Test
    void pagesGoOnWhereFewMatch() {
        dead(5_000, "timed-out", NOON);
        List<Xid> wanted = dead(2, "status-503", NOON.plusSeconds(60));
        DeadLetter.Filter filter =
                new DeadLetter.Filter(Optional.of(NOON), Optional.empty(), Optional.of("status-503"));

        DeadLetter.Page first = deadLetters.page(consumer, Optional.empty(), filter);
        DeadLetter.Page second = deadLetters.page(consumer, first.next(), filter);

        assertThat(first.matches()).isEmpty();
        assertThat(second.matches()).extracting(DeadLetter::id).isEqualTo(wanted);
        assertThat(second.next()).isEmpty();
    }

    @Test
    void filterIncludesItsBeginningAndExcludesItsEnd() {
        DeadLetter letter = new DeadLetter(new Xid(1, 1), NOON, "timed-out");
        Optional<Instant> noon = Optional.of(NOON);

        assertThat(new DeadLetter.Filter(noon, Optional.of(NOON.plusNanos(1000)), Optional.empty()).matches(letter))
                .isTrue();
        assertThat(new DeadLetter.Filter(Optional.empty(), noon, Optional.empty()).matches(letter))
                .isFalse();
        assertThat(new DeadLetter.Filter(Optional.empty(), Optional.empty(), Optional.of("status-503")).matches(letter))
                .isFalse();
    }

    @Test
    void noJobOutlivesItsConsumer() {
        Xid job = dead(1, "status-500", NOON).get(0);
        database.inTransaction(handle -> {
            handle.execute("UPDATE registry_version SET version = version + 1");
            return handle.execute("DELETE FROM consumer WHERE id = ?", consumer.id());
        });

        assertThat(deadLetters.requeue(consumer, job, Auditing.TEST)).isFalse();

        assertThat(one("SELECT COUNT(*) FROM job")).isEqualTo("0");
    }

    private List<Xid> dead(int count, String reason, Instant diedAt) {
        return seed.dead(channel, consumer.id(), count, reason, diedAt);
    }

    private TallyStore.Totals totals() {
        return database.withHandle(handle -> new TallyStore().of(handle, consumer.id()));
    }

    private String one(String query) {
        return database.withHandle(
                handle -> handle.createQuery(query).mapTo(String.class).one());
    }
}
