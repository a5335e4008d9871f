package org.webhookbroker.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.IncarnationEndedException;
import org.webhookbroker.database.Database;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;

/** What each transaction that writes jobs locks first. */
@Tag("G3")
@Tag("G4")
final class RegistryLockTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String LOCK_VERSION = "SELECT 1 FROM registry_version WHERE id = 1 FOR UPDATE NOWAIT";

    private Database database;
    private Registry registry;
    private Incarnation incarnation;

    @BeforeEach
    void begin() {
        database = mariaDb.database();
        registry = new Registry(database);
        incarnation = new Incarnation(database, "node", Duration.ofHours(1));
        incarnation.begin();
    }

    @Test
    void holdsBothUntilTheTransactionEnds() throws SQLException {
        try (Connection other = mariaDb.connect()) {
            database.inTransaction(handle -> {
                assertThat(registry.lock(handle, incarnation).holder()).isEqualTo(incarnation.id());
                assertThatThrownBy(() -> execute(other, LOCK_VERSION)).hasMessageContaining("Lock wait timeout");
                assertThatThrownBy(() -> execute(other, lockIncarnation())).hasMessageContaining("Lock wait timeout");
                return null;
            });
            execute(other, LOCK_VERSION);
            execute(other, lockIncarnation());
        }
    }

    /** Others lock the registry first too. A lock of the incarnation meanwhile would hold up the heartbeat, and could deadlock. */
    @Test
    void whoWaitsForTheRegistryHasNotLockedTheIncarnation() throws Exception {
        try (Connection change = mariaDb.connect();
                Connection other = mariaDb.connect()) {
            change.setAutoCommit(false);
            execute(change, LOCK_VERSION);
            CompletableFuture<?> waiting = CompletableFuture.runAsync(
                    () -> database.inTransaction(handle -> registry.lock(handle, incarnation)));
            mariaDb.sql().awaitLockWait("registry_version");
            execute(other, lockIncarnation());
            change.rollback();
            waiting.get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    void failsForAnIncarnationThatWasDeclaredDead() {
        mariaDb.sql().execute("UPDATE incarnation SET ended = TRUE");

        assertThatThrownBy(() -> database.inTransaction(handle -> registry.lock(handle, incarnation)))
                .isInstanceOf(IncarnationEndedException.class);
    }

    @Test
    void readsWhatHasChanged() {
        new Registrar(database).channel("c");

        RegistrySnapshot locked = database.inTransaction(
                handle -> registry.lock(handle, incarnation).snapshot());

        assertThat(locked.channel("c")).isPresent();
        assertThat(registry.current()).isSameAs(locked);
    }

    private String lockIncarnation() {
        return "SELECT 1 FROM incarnation WHERE id = " + incarnation.id() + " FOR UPDATE NOWAIT";
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
