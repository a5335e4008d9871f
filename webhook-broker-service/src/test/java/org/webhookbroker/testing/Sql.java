package org.webhookbroker.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.webhookbroker.database.Database;

/** One statement or one value at a time, each in a transaction of its own. */
public record Sql(Database database) {
    public long count(String table) {
        return longOf("SELECT COUNT(*) FROM " + table);
    }

    public long count(String table, String condition) {
        return longOf("SELECT COUNT(*) FROM " + table + " WHERE " + condition);
    }

    /** @param query of one row with one number */
    public long longOf(String query) {
        return database.withHandle(
                handle -> handle.createQuery(query).mapTo(Long.class).one());
    }

    /** @param query of one row with one text */
    public String textOf(String query) {
        return database.withHandle(
                handle -> handle.createQuery(query).mapTo(String.class).one());
    }

    /** @param query of rows with one text each */
    public List<String> textsOf(String query) {
        return database.withHandle(
                handle -> handle.createQuery(query).mapTo(String.class).list());
    }

    /** Until exactly one transaction waits for a lock with a statement in which this stands. */
    public void awaitLockWait(String statement) {
        await().until(() -> count(
                        "information_schema.innodb_trx",
                        "trx_state = 'LOCK WAIT' AND trx_query LIKE '%" + statement + "%'")
                == 1);
    }

    /** How long transactions waited for locks of rows meanwhile, which no slow machine makes longer. */
    public Duration waitsForRows(Runnable work) {
        String waited =
                "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'INNODB_ROW_LOCK_TIME'";
        long before = longOf(waited);
        work.run();
        return Duration.ofMillis(longOf(waited) - before);
    }

    /** How many rows it changed. */
    public int execute(String statement, Object... values) {
        return database.withHandle(handle -> handle.execute(statement, values));
    }
}
