package org.webhookbroker.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.Books;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.QueryPlan;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

class PullQueueTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private Database database;
    private Xid channel;
    private Consumer consumer;
    private PullQueue queue;

    @BeforeEach
    void setUp() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        channel = registrar.channel("c");
        Xid id = registrar.pull(channel, "k");
        Registry registry = new Registry(database);
        consumer = registry.refresh().consumer(id).orElseThrow();
        Incarnation incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        queue = new PullQueue(
                database,
                registry,
                incarnation,
                new AnswerMemory(1 << 24, 1 << 26),
                new PullMetrics(new PrometheusRegistry()),
                new PullMarks());
    }

    /** G4: by the receipt alone a lease is told from another, and both its times are the database's. */
    @Test
    @Tag("G4")
    void aLeasedJobIsAsItsRowSays() {
        seed(3);
        mariaDb.sql()
                .execute(
                        "UPDATE job SET retry = 2, attempts = 5, due_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR ORDER BY id LIMIT 1");
        mariaDb.sql().execute("UPDATE job SET retry = 1, attempts = 1, priority = 3 ORDER BY id DESC LIMIT 1");

        List<LiveJob> leased = lease();

        assertThat(leased).hasSize(3).containsExactlyInAnyOrderElementsOf(rows());
        assertThat(leased).allMatch(job -> job.holder() == LiveJob.PULL_HOLDER);
        assertThat(leased)
                .allMatch(job -> Duration.between(job.changedAt(), job.dueAt()).equals(Duration.ofMinutes(1)));
        assertThat(leased).extracting(job -> job.line().column()).containsExactlyInAnyOrder(0, 1, 1);
    }

    /** It ends as a push consumer's would, and does not come back until it has used up its attempts. */
    @Test
    @Tag("G2")
    void aJobWhoseMessageIsGoneIsDead() {
        List<Xid> jobs = seed(3);
        mariaDb.sql().execute("DELETE FROM message ORDER BY id LIMIT 1");
        mariaDb.sql().execute("UPDATE tally SET removed = 1 WHERE owner_id = (SELECT id FROM channel)");

        assertThat(look()).as("looking changes nothing").containsExactly(jobs.get(1), jobs.get(2));
        assertThat(mariaDb.sql().textOf("SELECT COUNT(*) FROM job WHERE holder = 0"))
                .isEqualTo("3");

        assertThat(lease()).extracting(LiveJob::id).containsExactlyInAnyOrder(jobs.get(1), jobs.get(2));
        assertThat(mariaDb.sql()
                        .textOf("SELECT CONCAT_WS(' ', reason, attempts, possible_duplicate, detail) FROM dead_job"))
                .isEqualTo("message-missing 0 0 The message of this job for consumer k is not in the database");
        assertThat(database.<TallyStore.Totals, RuntimeException>withHandle(
                                handle -> new TallyStore().of(handle, consumer.id()))
                        .dead())
                .isEqualTo(1);
        Books.assertBalanced(database);
    }

    /** Contract 6.2: priority descending, also of very many. */
    @Test
    @Tag("G8")
    void ofVeryManyPrioritiesTheHighestAreSeen() {
        seed(1000);
        database.withHandle(handle -> {
            handle.execute("SET @priority = -1");
            return handle.execute("UPDATE job SET priority = (@priority := @priority + 1) ORDER BY id");
        });

        assertThat(database.<List<LiveJob>, RuntimeException>withHandle(
                        handle -> new PullQueueStore().first(handle, consumer.id(), 100)))
                .extracting(LiveJob::priority)
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> 999 - i).toList());
    }

    /** The cost must not depend on the backlog: no sort, no scan of what is not taken. */
    @Test
    void everyQueryIsServedByTheLeaseIndexAlone() {
        seed(20_000);
        mariaDb.sql().execute("ANALYZE TABLE job");

        assertThat(plan(PullQueueStore.WAITING)).contains("job_lease").doesNotContain("filesort");
        assertThat(plan(PullLeaseStore.OVERDUE)).contains("job_lease").contains("Using index for group-by");
        assertThat(plan(PullLeaseStore.LOCK_OVERDUE)).contains("job_lease").doesNotContain("filesort");
    }

    private List<Xid> seed(int count) {
        return new Seed(database).queued(channel, consumer.id(), count);
    }

    private List<LiveJob> lease() {
        try (PulledJobs jobs = queue.lease(consumer, 100, Duration.ofMinutes(1))) {
            return jobs.jobs().stream().map(PulledJobs.PulledJob::job).toList();
        }
    }

    private List<Xid> look() {
        try (PulledJobs jobs = queue.look(consumer, 100)) {
            return jobs.jobs().stream().map(pulled -> pulled.job().id()).toList();
        }
    }

    private List<LiveJob> rows() {
        return database.withHandle(
                handle -> handle.createQuery(LiveJob.SELECT).map(LiveJob::of).list());
    }

    private String plan(String sql) {
        return QueryPlan.of(database, sql, consumer.id());
    }
}
