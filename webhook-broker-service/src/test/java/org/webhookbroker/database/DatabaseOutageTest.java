package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.testing.DatabaseLine;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestPool;

@Tag("slow")
final class DatabaseOutageTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void thePoolRecoversByItselfWhenTheServerIsBack() {
        assertThat(answer()).isEqualTo(1);
        mariaDb.kill();
        await().ignoreExceptions().until(() -> answer() == 1);
        for (int i = 0; i < 20; i++) {
            assertThat(answer()).isEqualTo(1);
        }
    }

    /** By an operator, or by a limit of the server: says nothing about what the session was doing. */
    @Test
    void aTransactionWhoseSessionIsKilledRunsAgain() {
        AtomicInteger runs = new AtomicInteger();
        int answer = mariaDb.database().inTransaction(handle -> {
            long session = handle.createQuery("SELECT CONNECTION_ID()")
                    .mapTo(Long.class)
                    .one();
            if (runs.incrementAndGet() == 1) {
                new Thread(() -> killOnceItSleeps(session)).start();
                return handle.createQuery("SELECT SLEEP(30)")
                        .mapTo(Integer.class)
                        .one();
            }
            return 7;
        });
        assertThat(answer).isEqualTo(7);
        assertThat(runs).hasValue(2);
    }

    /** On Galera, say: the driver goes to the next server by itself, and tells of a bulk statement only by its state. */
    @Test
    void aTransactionRunsAgainOnTheNextServer() {
        AtomicInteger runs = new AtomicInteger();
        try (DatabaseLine first = DatabaseLine.to(mariaDb);
                DatabaseLine second = DatabaseLine.to(mariaDb)) {
            String url = second.jdbcUrl()
                    .replace(
                            "mariadb://",
                            "mariadb:sequential://127.0.0.1:"
                                    + URI.create(first.jdbcUrl().substring(5)).getPort() + ",");
            TestPool pool = TestPool.open(TestPools.of(url, mariaDb.user(), mariaDb.password(), 1));
            pool.database().inTransaction(handle -> {
                handle.execute("DELETE FROM registry_version");
                if (runs.incrementAndGet() == 1) {
                    first.cut();
                }
                BulkWrite.execute(
                        handle,
                        "INSERT INTO registry_version (id, version) VALUES (?, 1)",
                        List.of(1, 2),
                        (statement, id) -> statement.setInt(1, id));
                return null;
            });
            pool.close();
        }
        assertThat(runs).hasValue(2);
    }

    /** What would fail for everybody alike is no flaw of what was to be written. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    1021 | Disk full (x); waiting for someone to free some space           | true
                    1114 | The table 'message' is full                                     | true
                    1637 | Too many active concurrent transactions                         | true
                    1290 | The server is running with the --read-only option               | true
                    1836 | Running in read-only mode                                       | true
                    1030 | Got error 28 "No space left on device" from storage engine X    | true
                    1030 | Got error 126 "Index is corrupted" from storage engine X        | false
                    1406 | Data too long for column 'x'                                    | false
                    """)
    void aServerThatTakesNoWritesIsUnavailable(int code, String text, boolean unavailable) {
        assertThatThrownBy(() -> mariaDb.database()
                        .inTransaction(handle -> handle.execute("""
                                BEGIN NOT ATOMIC
                                  SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = %d, MESSAGE_TEXT = "%s";
                                END
                                """.formatted(code, text.replace("\"", "\"\"")))))
                .hasMessageContaining(text)
                .matches(failure -> Database.isUnavailable(failure) == unavailable);
    }

    private static void killOnceItSleeps(long session) {
        mariaDb.jdbi().useHandle(handle -> {
            await().until(() -> handle.createQuery(
                                    "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ? AND state = 'User sleep'")
                            .bind(0, session)
                            .mapTo(Integer.class)
                            .one()
                    == 1);
            handle.execute("KILL " + session);
        });
    }

    @Test
    void connectionsReadCommittedData() {
        String level = mariaDb.database()
                .inTransaction(handle -> handle.createQuery("SELECT @@tx_isolation")
                        .mapTo(String.class)
                        .one());
        assertThat(level).isEqualTo("READ-COMMITTED");
    }

    private static int answer() {
        return mariaDb.database()
                .inTransaction(handle ->
                        handle.createQuery("SELECT 1").mapTo(Integer.class).one());
    }
}
