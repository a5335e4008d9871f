package org.webhookbroker.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.LeaseStore.Choice;
import org.webhookbroker.job.LiveJob;
import org.webhookbroker.job.QueueMarks;
import org.webhookbroker.job.RetryFactory;
import org.webhookbroker.job.Section;
import org.webhookbroker.job.Visit;
import org.webhookbroker.job.WaitingLine;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

/** G6: what this node queues for a pull consumer is found by looks that are not full, in whatever line and priority it waits. */
@Tag("G6")
class PullMarksTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final Duration LENGTH = Duration.ofMinutes(1);

    private final PullMarks marks = new PullMarks();
    private final PullWaiters waiters = new PullWaiters(10, marks);
    private final PullMetrics metrics = new PullMetrics(new PrometheusRegistry());
    private final PullDeadlines deadlines =
            new PullDeadlines(LENGTH, Duration.ofSeconds(2), new RetryFactory().build(new Random(1)));
    private final Pace fullLooks = new Pace(Duration.ZERO, Duration.ofHours(1), () -> 0);
    private Database database;
    private Registry registry;
    private Incarnation incarnation;
    private Xid channel;
    private Consumer consumer;
    private LiveJob leased;

    /** No look is full any more by itself. */
    @BeforeEach
    void aConsumerHasAJob() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        channel = registrar.channel("c");
        Xid id = registrar.pull(channel, "k");
        registry = new Registry(database);
        consumer = registry.refresh().consumer(id).orElseThrow();
        incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        fullLooks.took(Duration.ofHours(1).toNanos());
        new Seed(database).queued(channel, id, 1);
        leased = lease().get(0);
    }

    @Test
    void aLeaseThatTimedOut() {
        mariaDb.sql().execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND");
        new PullExpiry(database, registry, incarnation, deadlines, metrics, waiters).runOnce();

        assertThat(lease()).extracting(LiveJob::id).containsExactly(leased.id());
    }

    @Test
    void aNack() {
        PullReceipt receipt = PullReceipt.of(leased);
        PullLeases leases = new PullLeases(database, incarnation, deadlines, metrics, waiters);
        PullLeases.Nack nack = new PullLeases.Nack(receipt, Optional.of(Duration.ZERO), "not now");
        assertThat(leases.settle(consumer, List.of(), List.of(nack), List.of())).containsExactly(receipt);

        assertThat(lease()).extracting(LiveJob::id).containsExactly(leased.id());
    }

    /** New, or a dead letter that is requeued. */
    @Test
    void aPriorityThatWasNotThereBefore() {
        new Seed(database).queued(channel, consumer.id(), 1);
        mariaDb.sql().execute("UPDATE job SET priority = 9 WHERE holder = 0");
        assertThat(lease()).as("through another node").isEmpty();

        waiters.queued(consumer.id(), List.of(new Section(WaitingLine.FIRST, 9)));

        assertThat(lease()).hasSize(1);
    }

    private List<LiveJob> lease() {
        QueueMarks own = marks.of(consumer.id());
        Visit visit = own.visit(fullLooks);
        List<LiveJob> jobs = database.inTransaction(
                handle -> new LeaseStore().lease(handle, consumer.id(), LENGTH, 10, job -> Choice.TAKE, visit));
        own.looked(visit);
        return jobs;
    }
}
