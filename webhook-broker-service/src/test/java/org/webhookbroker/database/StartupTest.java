package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.MariaDbExtension;

@Tag("slow")
final class StartupTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void startsOnAMigratedDatabase() {
        assertThatCode(() -> Startup.check(mariaDb.pooledBy(2), false)).doesNotThrowAnyException();
    }

    @Test
    void refusesAnEmptyExternalDatabaseAndLeavesItEmpty() throws SQLException {
        String url = createEmpty("test_startup_empty");
        assertThatThrownBy(() -> Startup.check(TestPools.of(url, mariaDb.user(), mariaDb.password(), 2), false))
                .hasMessageContaining("java -jar webhook-broker-service.jar db migrate config.yml");
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            assertThat(statement
                            .executeQuery("SHOW TABLES FROM test_startup_empty")
                            .next())
                    .isFalse();
        }
    }

    @Test
    void refusesADatabaseThatLacksOneMigration() throws SQLException {
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("DELETE FROM DATABASECHANGELOG WHERE ID = 'tally'");
            assertThatThrownBy(() -> Startup.requireMigrated(connection))
                    .hasMessageContaining("lacks 1 migrations (broker:tally");
            connection.rollback();
        }
    }

    @Test
    void migratesTheEmbeddedDatabaseAlsoAfterAKillDuringAMigration() throws SQLException {
        String url = createEmpty("test_startup_locked");
        var pool = TestPools.of(url, mariaDb.user(), mariaDb.password(), 2);
        Startup.check(pool, true);
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE test_startup_locked.tally");
            statement.execute("DELETE FROM test_startup_locked.DATABASECHANGELOG WHERE ID = 'tally'");
            statement.execute("UPDATE test_startup_locked.DATABASECHANGELOGLOCK"
                    + " SET LOCKED = 1, LOCKEDBY = 'killed', LOCKGRANTED = NOW()");
        }
        Startup.check(pool, true);
        assertThatCode(() -> Startup.check(pool, false)).doesNotThrowAnyException();
    }

    @Test
    void saysWhichDatabaseCanNotBeReached() {
        var pool = TestPools.of("jdbc:mariadb://127.0.0.1:1/nowhere", "someone", "secret", 2);
        assertThatThrownBy(() -> Startup.check(pool, false))
                .hasMessageContaining(
                        "database.url: cannot connect to jdbc:mariadb://127.0.0.1:1/nowhere as user 'someone'")
                .hasMessageNotContaining("secret");
    }

    private static String createEmpty(String name) throws SQLException {
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return mariaDb.jdbcUrl().replaceFirst("/[^/]+$", "/" + name);
    }
}
