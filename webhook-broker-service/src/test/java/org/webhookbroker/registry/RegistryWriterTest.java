package org.webhookbroker.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.RemovedConsumerJobs;
import org.webhookbroker.message.ChannelUse;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;

/** Intake waits for whoever holds the version of the registry, so that one waits for nobody (G6). */
@Tag("G6")
@Tag("slow")
class RegistryWriterTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Database database = mariaDb.database();
    private final Registry registry = new Registry(database);
    private final RegistryStores stores = new RegistryStores(
            database,
            new RegistryWriter(
                    database,
                    registry,
                    new XidGenerator(Clock.systemUTC()),
                    Clock.systemUTC(),
                    new RegistryLimit(1000),
                    new AuditTrail(database)),
            new RemovedConsumerJobs(),
            new ChannelUse());

    @Test
    void aChangedRowThatSomebodyHoldsIsAwaitedWithoutTheVersion() throws SQLException {
        Channel channel = channelWithConsumer();
        assertHeldUp("UPDATE consumer SET name = 'x'", () -> put(channel, "k"));
    }

    @Test
    void aRemovedRowToo() throws SQLException {
        Channel channel = channelWithConsumer();
        assertHeldUp(
                "UPDATE consumer SET name = 'x'",
                () -> stores.consumers().remove(channel, "k", UpdateCondition.none(), true, () -> true, Auditing.TEST));
    }

    @Test
    void aChannelToo() throws SQLException {
        channelWithConsumer();
        assertHeldUp(
                "UPDATE channel SET name = 'x'",
                () -> stores.channels()
                        .put(new EntryValues("c", "another", "ct"), UpdateCondition.none(), Auditing.PUT));
    }

    /** What somebody has inserted and not committed cannot be seen, and is in the way nevertheless. */
    @Test
    void anEntryThatSomebodyElseIsAboutToMakeIsNotAwaited() throws SQLException {
        Channel channel = channelWithConsumer();
        assertHeldUp("""
                INSERT INTO consumer (id, channel_id, public_id, name, token, callback_url, type, created_at, changed_at)
                SELECT 'another-one!', channel_id, 'new', name, token, callback_url, type, created_at, changed_at FROM consumer
                """, () -> put(channel, "new"));
    }

    /** Whoever reads the version with a lock holds up the change, and the change holds up intake for a moment at most. */
    @Test
    void theVersionIsAwaitedShortly() throws SQLException {
        Channel channel = channelWithConsumer();
        try (Connection other = begin("SELECT version FROM registry_version LOCK IN SHARE MODE")) {
            CompletableFuture<?> change = CompletableFuture.supplyAsync(() -> put(channel, "k"));
            await().until(() -> waiting("registry_version") || change.isDone());
            database.withHandle(handle -> handle.execute("SELECT version FROM registry_version LOCK IN SHARE MODE"));
            other.rollback();
            await().until(change::isDone);
            if (change.isCompletedExceptionally()) {
                assertThat(change)
                        .failsWithin(Duration.ZERO)
                        .withThrowableThat()
                        .matches(failure -> Database.isUnavailable(failure.getCause()));
            }
        }
    }

    /** Otherwise a version would name no entry, and each node would read the whole registry while intake waits. */
    @Test
    void aChangeThatLosesItsRaceLeavesTheVersionAsItIs() throws Exception {
        Channel channel = channelWithConsumer();
        UpdateCondition condition = UpdateCondition.unmodifiedSince(LastModified.of(
                stores.consumers().find(channel, "k").orElseThrow().changedAt()));
        long before = registry.refresh().version();

        PutResult<Consumer> put = losing(() -> put(channel, "k", condition));
        assertThat(put.verdict()).isEqualTo(UpdateCondition.Verdict.OUTDATED);
        assertThat(registry.refresh().version()).isEqualTo(before);

        UpdateCondition now =
                UpdateCondition.unmodifiedSince(LastModified.of(put.entry().changedAt()));
        Removal removal = losing(() -> stores.consumers().remove(channel, "k", now, false, () -> true, Auditing.TEST));
        assertThat(removal.outcome()).isEqualTo(Removal.Outcome.CONDITION_OUTDATED);
        assertThat(registry.refresh().version()).isEqualTo(before);

        put(channel, "k");
        assertThat(registry.refresh().version()).isEqualTo(before + 1);
    }

    /** Somebody else changes the consumer after {@code change} has seen it. On a slow machine it waits in vain, and is repeated. */
    private static <T> T losing(Supplier<T> change) throws Exception {
        while (true) {
            try (Connection other = begin("UPDATE consumer SET changed_at = changed_at + INTERVAL 1 MINUTE")) {
                CompletableFuture<T> losing = CompletableFuture.supplyAsync(change);
                await().until(() -> losing.isDone() || waiting("consumer"));
                if (!losing.isDone()) {
                    other.commit();
                    return losing.get(1, TimeUnit.MINUTES);
                }
                assertThat(losing).isCompletedExceptionally();
                other.rollback();
            }
        }
    }

    private void assertHeldUp(String statement, Supplier<?> change) throws SQLException {
        try (Connection other = begin(statement);
                Connection intake = mariaDb.connect();
                Statement lock = intake.createStatement()) {
            CompletableFuture<?> changing = CompletableFuture.supplyAsync(change);
            intake.setAutoCommit(false);
            do {
                // Fails if anybody holds it for longer than a statement takes.
                lock.execute("SELECT version FROM registry_version WHERE id = 1 LOCK IN SHARE MODE WAIT 1");
                intake.rollback();
            } while (!changing.isDone());
            other.rollback();
            assertThat(changing)
                    .failsWithin(Duration.ofMinutes(1))
                    .withThrowableThat()
                    .matches(failure -> Database.isUnavailable(failure.getCause()));
        }
        assertThat(change.get()).isNotNull();
    }

    private Channel channelWithConsumer() {
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        registrar.push(channel, "k", "http://127.0.0.1/");
        return registry.refresh().channel("c").orElseThrow();
    }

    private PutResult<Consumer> put(Channel channel, String id) {
        return put(channel, id, UpdateCondition.none());
    }

    private PutResult<Consumer> put(Channel channel, String id, UpdateCondition condition) {
        ConsumerValues values = new ConsumerValues(
                channel,
                new EntryValues(id, "another", "kt"),
                "http://127.0.0.1/",
                ConsumerType.PUSH,
                Retries.AS_CONFIGURED);
        return stores.consumers().put(values, condition, Auditing.PUT);
    }

    private static Connection begin(String statement) throws SQLException {
        Connection connection = mariaDb.connect();
        try {
            connection.setAutoCommit(false);
            connection.createStatement().execute(statement);
            return connection;
        } catch (SQLException wrong) {
            connection.close();
            throw wrong;
        }
    }

    private static boolean waiting(String table) {
        return mariaDb.sql()
                        .longOf("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
                                + " AND trx_query LIKE '%" + table + "%'")
                > 0;
    }
}
