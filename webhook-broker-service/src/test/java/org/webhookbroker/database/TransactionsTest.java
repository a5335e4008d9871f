package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.db.DataSourceFactory;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestPool;

/** What goes over the line for a transaction, and what it leaves behind. */
final class TransactionsTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String INSERT =
            "INSERT INTO incarnation (id, node, started_at, seen_at) VALUES (?, 'n', NOW(), NOW())";

    private TestPool pool;
    private Database database;

    @BeforeEach
    void openAPoolOfOne() {
        DataSourceFactory one = mariaDb.pooledBy(1);
        // The pool ends a transaction after each look, which would be counted.
        one.setCheckConnectionOnBorrow(false);
        pool = TestPool.open(one);
        database = pool.database();
        database.withHandle(TransactionsTest::status);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void aTransactionSendsItsStatementsAndACommit() {
        Map<String, Long> sent = sent(() -> database.inTransaction(handle -> {
            handle.execute(INSERT, 1);
            return handle.execute(INSERT, 2);
        }));

        assertThat(sent).containsEntry("Com_insert", 2L).containsEntry("Com_set_option", 0L);
        // Besides, the question and the commit of this test itself.
        assertThat(sent).containsEntry("Com_commit", 1L + 1L).containsEntry("Questions", 3L + 2L);
    }

    @Test
    void whatIsReadLeavesNoTransactionOpen() {
        database.withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM incarnation")
                .mapTo(Long.class)
                .one());

        assertThat(openTransactions()).isZero();
    }

    @Test
    void aSnapshotLeavesNoTransactionOpen() {
        database.inSnapshot(handle -> handle.createQuery("SELECT COUNT(*) FROM incarnation")
                .mapTo(Long.class)
                .one());

        assertThat(openTransactions()).isZero();
    }

    /** The answer to a statement that failed does not say that there is a transaction. */
    @Test
    void whatFailsAtItsFirstStatementLeavesNoTransactionOpen() {
        mariaDb.sql().execute(INSERT, 1);

        assertThatThrownBy(() -> database.inTransaction(handle -> handle.execute(INSERT, 1)))
                .isInstanceOf(JdbiException.class);
        assertThat(openTransactions()).isZero();
        assertThatThrownBy(() -> database.withHandle(handle -> handle.execute(INSERT, 1)))
                .isInstanceOf(JdbiException.class);
        assertThat(openTransactions()).isZero();
    }

    @Test
    void whoGoesOnAfterAStatementThatFailedLeavesNoTransactionOpen() {
        mariaDb.sql().execute(INSERT, 1);

        database.inTransaction(handle -> {
            assertThatThrownBy(() -> handle.execute(INSERT, 1)).isInstanceOf(JdbiException.class);
            return null;
        });

        assertThat(openTransactions()).isZero();
    }

    @Test
    void whatFailsChangesNothing() {
        HandleCallback<Void, IllegalStateException> failing = handle -> {
            handle.execute(INSERT, 1);
            throw new IllegalStateException("after the first statement");
        };

        assertThatThrownBy(() -> database.inTransaction(failing)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> database.withHandle(failing)).isInstanceOf(IllegalStateException.class);
        assertThat(mariaDb.sql().count("incarnation")).isZero();
        assertThat(openTransactions()).isZero();
    }

    @Test
    void whoDoesNotWaitForLocksLeavesASessionThatDoes() {
        database.inTransaction(Database.LockWait.NEVER, handle -> {
            assertThat(lockWaits(handle)).isEqualTo("0 0");
            return null;
        });
        assertThat(database.withHandle(TransactionsTest::lockWaits)).isEqualTo("2 2");

        HandleCallback<Void, IllegalStateException> failing = handle -> {
            throw new IllegalStateException("on purpose");
        };
        assertThatThrownBy(() -> database.inTransaction(Database.LockWait.NEVER, failing))
                .isInstanceOf(IllegalStateException.class);
        assertThat(database.withHandle(TransactionsTest::lockWaits)).isEqualTo("2 2");
    }

    private static String lockWaits(Handle handle) {
        return handle.createQuery("SELECT CONCAT(@@lock_wait_timeout, ' ', @@innodb_lock_wait_timeout)")
                .mapTo(String.class)
                .one();
    }

    private Map<String, Long> sent(Runnable work) {
        Map<String, Long> before = database.withHandle(TransactionsTest::status);
        work.run();
        return database.withHandle(TransactionsTest::status).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue() - before.get(each.getKey())));
    }

    private static Map<String, Long> status(Handle handle) {
        return handle
                .createQuery("SHOW SESSION STATUS WHERE Variable_name LIKE 'Com\\\\_%' OR Variable_name = 'Questions'")
                .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private long openTransactions() {
        return mariaDb.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM information_schema.innodb_trx")
                        .mapTo(Long.class)
                        .one());
    }
}
