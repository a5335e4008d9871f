package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.webhookbroker.testing.Account;
import org.webhookbroker.testing.Globals;
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

    /** Some give user and password in the URL. */
    @Test
    void showsNoPasswordThatIsInTheUrl() {
        for (String url : List.of(
                "jdbc:mariadb://127.0.0.1:1/nowhere?user=someone&password=secret",
                "jdbc:mariadb://127.0.0.1:notaport/nowhere?password=secret",
                "jdbc:mariadb:bogus//h/nowhere?password=secret",
                "jdbc:mariadb://(x)/nowhere?password=secret")) {
            assertThatThrownBy(() -> Startup.check(TestPools.of(url, "", "", 2), false))
                    .isInstanceOf(StartRefusedException.class)
                    .hasMessageContaining("database.url")
                    .hasMessageNotContaining("secret");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "\\", "'", "a b ", "#", "?", "&password=x", "${x}", "ü密😀", "\n", "%41", ";"})
    void connectsWithAnyPassword(String password) {
        try (Account account = new Account(mariaDb, "anybody", password)) {
            assertThatCode(() -> Startup.check(TestPools.of(mariaDb.jdbcUrl(), account.name(), password, 2), false))
                    .doesNotThrowAnyException();
            assertThatThrownBy(() -> Startup.check(
                            TestPools.of(mariaDb.jdbcUrl(), account.name(), password + "\"secret", 2), false))
                    .isInstanceOf(StartRefusedException.class)
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void refusesAServerThatTakesNoWrites() throws SQLException {
        try (Account account = new Account(mariaDb, "reader");
                Globals globals = new Globals(mariaDb)) {
            globals.set("read_only", "1");
            assertThatThrownBy(() ->
                            Startup.check(TestPools.of(mariaDb.jdbcUrl(), account.name(), Account.PASSWORD, 2), false))
                    .isInstanceOf(StartRefusedException.class)
                    .hasMessageContaining("may not write")
                    .hasMessageContaining("read-only");
        }
    }

    /** Somebody who holds the row is no reason to refuse: he will let go. */
    @Test
    void startsWhileTheRegistryIsLocked() throws SQLException {
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("UPDATE registry_version SET version = version");
            assertThatCode(() -> Startup.check(mariaDb.pooledBy(2), false)).doesNotThrowAnyException();
            connection.rollback();
        }
    }

    @Test
    void warnsOfCommitsThatAreNotOnDisk() {
        try (Globals globals = new Globals(mariaDb)) {
            globals.set("innodb_flush_log_at_trx_commit", "2");
            assertThat(warnings(() -> Startup.check(mariaDb.pooledBy(2), false)))
                    .anyMatch(each -> each.contains("innodb_flush_log_at_trx_commit=2"));
        }
    }

    @Test
    void refusesPacketsThatAreTooSmallAndWarnsOfSmallOnes() {
        try (Globals globals = new Globals(mariaDb)) {
            globals.set("max_allowed_packet", "1047552");
            assertThatThrownBy(() -> Startup.check(mariaDb.pooledBy(2), false))
                    .isInstanceOf(StartRefusedException.class)
                    .hasMessageContaining("max_allowed_packet=1047552");
            globals.set("max_allowed_packet", "1048576");
            var pool = mariaDb.pooledBy(2);
            Startup.check(pool, false);
            assertThat(pool.getProperties()).containsEntry("maxAllowedPacket", "1048576");
        }
        assertThat(warnings(() -> ServerSettings.warnOfPackets(1 << 20, 1 << 20)))
                .anyMatch(each -> each.contains("max_allowed_packet=1048576"));
        assertThat(warnings(() -> ServerSettings.warnOfPackets(64 << 20, (16 << 20) - 1)))
                .isEmpty();
    }

    private static List<String> warnings(Runnable start) {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(ServerSettings.class);
        log.start();
        logger.addAppender(log);
        try {
            start.run();
        } finally {
            logger.detachAppender(log);
        }
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static String createEmpty(String name) throws SQLException {
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return mariaDb.jdbcUrl().replaceFirst("/[^/]+$", "/" + name);
    }
}
