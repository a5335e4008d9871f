package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

@Tag("G5")
@Tag("slow")
class RescuerTest {
    private static final Duration SILENCE = Duration.ofSeconds(2);
    private static final int MAX_DEATHS = 5;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final RescueStore store = new RescueStore();
    private Database database;
    private Incarnation mine;
    private Rescuer rescuer;

    @BeforeEach
    void begin() {
        database = mariaDb.database();
        mine = new Incarnation(database, "mine", SILENCE);
        mine.begin();
        rescuer = rescuer();
    }

    private Rescuer rescuer() {
        DispatchMetrics metrics = new DispatchMetrics(new PrometheusRegistry());
        Lanes lanes = new Lanes(
                consumer -> {
                    throw new AssertionError("no lanes here");
                },
                new SettleBuffer(database, metrics, () -> {}));
        return new Rescuer(database, mine, lanes, new Rescuer.Takeover(SILENCE, MAX_DEATHS), metrics);
    }

    /** G5, G7: while the database is away nobody is heard; the first that finds it back must not declare the others dead. */
    @Test
    void whoWasNotHeardItselfLetsTheOthersBeHeardFirst() {
        Incarnation other = new Incarnation(database, "other", SILENCE);
        other.begin();
        int before = other.id();

        await().until(() -> silent().contains(mine.id()) && silent().contains(before));
        mine.heartbeat();
        rescuer.runOnce();
        other.heartbeat();
        assertThat(other.id()).isEqualTo(before);

        await().until(() -> {
            mine.heartbeat();
            return mine.mayJudge() && silent().contains(before);
        });
        rescuer.runOnce();
        other.heartbeat();
        assertThat(other.id()).as("silent while we were heard").isNotEqualTo(before);
    }

    /** G5, G7: it may be the first that came up after an outage. */
    @Test
    void whoHasJustBegunLetsTheOthersBeHeardFirst() {
        Incarnation other = new Incarnation(database, "other", SILENCE);
        other.begin();
        int before = other.id();
        await().until(() -> silent().contains(before));
        mine = new Incarnation(database, "mine", SILENCE);
        mine.begin();

        rescuer().runOnce();

        other.heartbeat();
        assertThat(other.id()).isEqualTo(before);
    }

    /** G5, G9: one that cannot be rescued keeps the loop red, and nobody else's jobs from being rescued. */
    @Test
    void aHoldingThatFailsHoldsUpNoOther() {
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        Xid broken = registrar.push(channel, "broken", "http://localhost/");
        Xid fine = registrar.push(channel, "fine", "http://localhost/");
        Seed seed = new Seed(database);
        Xid poison = seed.queued(channel, broken, 1).get(0);
        seed.queued(channel, fine, 3);
        int dead = mine.id() + 1;
        database.withHandle(handle -> {
            handle.execute("UPDATE job SET holder = ?", dead);
            // It is to be buried, and the place is taken.
            handle.execute("UPDATE job SET takeovers = ? WHERE id = ?", MAX_DEATHS, poison);
            return handle.execute("INSERT INTO dead_job SELECT id, message_id, consumer_id, 0, 1, 0, FALSE,"
                    + " UTC_TIMESTAMP(6), '', '', 0 FROM job WHERE takeovers > 0");
        });

        assertThatThrownBy(rescuer::runOnce).hasMessageContaining(broken.toString());

        assertThat(holders(fine)).containsExactly(0, 0, 0);
        assertThat(holders(broken)).containsExactly(dead);
    }

    /** G5, G6: nor one of whose jobs somebody forgot a lock. */
    @Test
    void aHoldingThatIsLockedHoldsUpNoOther() throws Exception {
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        Xid first = registrar.push(channel, "first", "http://localhost/");
        Xid second = registrar.push(channel, "second", "http://localhost/");
        int dead = mine.id() + 1;
        for (Xid locked : List.of(first, second)) {
            new Seed(database).queued(channel, first, 2);
            new Seed(database).queued(channel, second, 2);
            database.withHandle(handle -> handle.execute("UPDATE job SET holder = ?", dead));
            try (Connection other = mariaDb.connect()) {
                other.setAutoCommit(false);
                try (PreparedStatement lock =
                        other.prepareStatement("SELECT id FROM job WHERE consumer_id = ? LIMIT 1 FOR UPDATE")) {
                    lock.setBytes(1, locked.bytes());
                    lock.executeQuery();
                }
                mine.heartbeat();
                assertThatThrownBy(rescuer::runOnce).hasStackTraceContaining("Lock wait timeout");
                assertThat(holders(locked)).containsOnly(dead);
                assertThat(holders(locked.equals(first) ? second : first)).containsOnly(0);
                other.rollback();
            }
            rescuer.runOnce();
            assertThat(holders(locked)).containsOnly(0);
        }
    }

    /** G5: another node takes over the same jobs, or the one that ended wakes up and still writes outcomes. */
    @Test
    void aRescueGoesOnAlthoughSomeOfABatchAreTakenMeanwhile() throws Exception {
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        Xid consumer = registrar.push(channel, "k", "http://localhost/");
        new Seed(database).queued(channel, consumer, 2500);
        int dead = mine.id() + 1;
        database.withHandle(handle -> handle.execute("UPDATE job SET holder = ?", dead));
        mine.heartbeat();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection other = mariaDb.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("DELETE FROM job ORDER BY id LIMIT 3");
            Future<Boolean> rescue = thread.submit(rescuer::runOnce);
            await().until(() -> mariaDb.sql().count("information_schema.innodb_trx", "trx_state = 'LOCK WAIT'") == 1);
            other.commit();
            rescue.get();
        } finally {
            thread.shutdownNow();
        }

        assertThat(mariaDb.sql().count("job", "holder = 0")).isEqualTo(2497);
        assertThat(mariaDb.sql().count("job")).isEqualTo(2497);
    }

    private List<Integer> silent() {
        return database.withHandle(handle -> store.silentIncarnations(handle, SILENCE));
    }

    private List<Integer> holders(Xid consumer) {
        return database.withHandle(handle -> handle.createQuery("SELECT holder FROM job WHERE consumer_id = :consumer")
                .bind("consumer", consumer)
                .mapTo(Integer.class)
                .list());
    }
}
