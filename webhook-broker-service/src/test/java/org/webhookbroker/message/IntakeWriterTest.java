package org.webhookbroker.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.db.ManagedDataSource;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.QueueEverything;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Sql;

/** What one message of a group does to the others, and what becomes of those that no group takes. */
final class IntakeWriterTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    private final Database database = mariaDb.database();
    private Registry registry;
    private Intake intake;

    @BeforeEach
    void register() {
        Registrar registrar = new Registrar(database);
        registrar.producer("p");
        registrar.push(registrar.channel("c"), "k", "http://localhost/");
        intake = intake(database);
    }

    @AfterEach
    void stop() throws Exception {
        intake.stop();
    }

    @Test
    void oneThatTheDatabaseRefusesFailsAlone() {
        List<CompletableFuture<BroadcastResult>> results = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String type = i == 7 || i == 12 ? "x".repeat(300) : "text/plain";
            results.add(submit("m" + i, type, 10));
        }
        results.add(submit("m3", "text/plain", 10));

        intake.start();

        for (int i = 0; i < 20; i++) {
            assertThat(results.get(i).join())
                    .isEqualTo(i == 7 || i == 12 ? BroadcastResult.REFUSED : BroadcastResult.ACCEPTED);
        }
        assertThat(results.get(20).join()).isEqualTo(BroadcastResult.DUPLICATE);
        assertThat(sql.count("message")).isEqualTo(18);
        assertThat(sql.count("job")).isEqualTo(18);
        assertThat(sql.longOf("SELECT SUM(accepted) FROM tally")).isEqualTo(2 * 18);
        assertThat(intake.group().accepted()).isEqualTo(18);
        assertThat(intake.loops()).allMatch(loop -> loop.failure() == null);
    }

    /** The driver asks the server once how large a packet it takes; some take less than a payload may have. */
    @Test
    void oneThatIsLargerThanThePacketsOfTheServerFailsAlone() throws Exception {
        DataSourceFactory pool = mariaDb.pooledBy(2);
        pool.getProperties().put("maxAllowedPacket", "100000");
        ManagedDataSource narrow = pool.build(new MetricRegistry(), "narrow");
        try {
            intake = intake(new Database(Jdbi.create(narrow)));
            List<CompletableFuture<BroadcastResult>> results = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                results.add(submit("m" + i, "text/plain", i == 2 ? 200_000 : 10));
            }
            intake.start();
            for (int i = 0; i < 5; i++) {
                assertThat(results.get(i).join())
                        .isEqualTo(i == 2 ? BroadcastResult.REFUSED : BroadcastResult.ACCEPTED);
            }
            intake.stop();
        } finally {
            narrow.stop();
        }
    }

    /** G8: also when its transaction is run again in halves. */
    @Test
    @Tag("G8")
    void whatIsRolledBackGivesItsRoomBack() {
        AtomicInteger reserved = new AtomicInteger();
        intake = intake(database, new Counted(reserved));
        List<CompletableFuture<BroadcastResult>> results = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            results.add(submit("m" + i, i == 7 ? "x".repeat(300) : "text/plain", 10));
        }

        intake.start();

        assertThat(results)
                .filteredOn(each -> each.join() == BroadcastResult.ACCEPTED)
                .hasSize(19);
        await().until(() -> reserved.get() == 19);
    }

    @Test
    void whatWaitsWhenTheLastWriterStopsIsAnswered() throws Exception {
        List<CompletableFuture<BroadcastResult>> results =
                List.of(submit("m1", "text/plain", 10), submit("m2", "text/plain", 10));

        intake.stop();

        assertThat(results).allMatch(result -> result.join() == BroadcastResult.UNAVAILABLE);
        assertThat(submit("m3", "text/plain", 10).join()).isEqualTo(BroadcastResult.OVERLOADED);
        assertThat(sql.count("message")).isZero();
    }

    /** G9: having nothing to do is no sign that the database is back. */
    @Test
    void aWriterThatFailedIsRedUntilTheDatabaseAnswers() {
        BackgroundLoop writer = intake.loops().get(0);
        intake.start();
        sql.execute("RENAME TABLE message TO elsewhere");
        try {
            assertThat(submit("m1", "text/plain", 10).join()).isEqualTo(BroadcastResult.UNAVAILABLE);
            await().until(() -> writer.failure() != null);
        } finally {
            sql.execute("RENAME TABLE elsewhere TO message");
        }
        await().until(() -> writer.failure() == null);
        assertThat(submit("m1", "text/plain", 10).join()).isEqualTo(BroadcastResult.ACCEPTED);
    }

    /** Takes every job, and counts those whose room was not given back. */
    private static final class Counted extends QueueEverything {
        private final AtomicInteger reserved;

        Counted(AtomicInteger reserved) {
            this.reserved = reserved;
        }

        @Override
        public boolean reserve(Consumer consumer, Content content) {
            reserved.incrementAndGet();
            return true;
        }

        @Override
        public void cancel(Consumer consumer, Content content) {
            reserved.decrementAndGet();
        }
    }

    private Intake intake(Database used) {
        return intake(used, new QueueEverything());
    }

    private Intake intake(Database used, Admission admission) {
        registry = new Registry(used);
        registry.refresh();
        Incarnation incarnation = new Incarnation(used, "test", Duration.ofMinutes(1));
        incarnation.begin();
        Clock clock = Clock.systemUTC();
        JobTakers takers = new JobTakers(admission, (consumer, priority) -> {});
        return new IntakeFactory().build(used, registry, incarnation, takers, new XidGenerator(clock), clock);
    }

    private CompletableFuture<BroadcastResult> submit(String id, String contentType, int size) {
        return intake.submit(
                registry.current().channel("c").orElseThrow(),
                registry.current().producer("p").orElseThrow(),
                id,
                new Content(contentType, 0, Map.of(), new byte[size]));
    }
}
