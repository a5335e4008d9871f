package org.webhookbroker.database;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the broker sets in each of its sessions, so that what others set for the whole server changes neither what a statement means nor
 * how many rows it sees. The table in docs/operations.md says why for each. The driver sends them with each new connection.
 */
final class SessionVariables {
    /** Shorter than a quarter of dispatch.takeoverAfter: whoever waits for a lock may hold one that a heartbeat waits for. */
    static final String SHORT = "2";

    private static final String NO_LIMIT = "18446744073709551615";

    private final Map<String, String> values = new LinkedHashMap<>();

    private SessionVariables() {
        values.put("tx_isolation", "'READ-COMMITTED'");
        values.put("tx_read_only", "0");
        values.put("completion_type", "'NO_CHAIN'");
        values.put("sql_mode", "'TRADITIONAL'");
        values.put("old_mode", "''");
        values.put("time_zone", "'+00:00'");
        values.put("character_set_client", "utf8mb4");
        values.put("character_set_results", "utf8mb4");
        values.put("collation_connection", "utf8mb4_nopad_bin");
        values.put("lc_messages", "'en_US'");
        values.put("sql_select_limit", NO_LIMIT);
        // Before sql_big_selects, which it changes.
        values.put("max_join_size", NO_LIMIT);
        values.put("sql_big_selects", "1");
        values.put("sql_safe_updates", "0");
        // Otherwise a statement that names more ids than this reads the whole table, and may lock all of it.
        values.put("optimizer_max_sel_arg_weight", "0");
        values.put("sql_auto_is_null", "0");
        values.put("group_concat_max_len", "1048576");
        values.put("div_precision_increment", "4");
        values.put("max_session_mem_used", "9223372036854775807");
        values.put("foreign_key_checks", "1");
        values.put("unique_checks", "1");
        values.put("check_constraint_checks", "1");
        values.put("default_storage_engine", "InnoDB");
        values.put("lock_wait_timeout", SHORT);
        values.put("innodb_lock_wait_timeout", SHORT);
        values.put("wait_timeout", "28800");
        values.put("net_read_timeout", "30");
        values.put("net_write_timeout", "60");
        // A node that froze or fell off the network within a transaction would keep its locks for hours, the one on its
        // own incarnation among them, and so could not be declared dead (G5).
        values.put("idle_transaction_timeout", "5");
        values.put("idle_readonly_transaction_timeout", "0");
        values.put("idle_write_transaction_timeout", "0");
    }

    /** @param socketTimeout after which the driver leaves a statement to itself; the server ends it a little earlier */
    static SessionVariables ofPool(Duration socketTimeout) {
        SessionVariables pool = new SessionVariables();
        // Otherwise each transaction would cost two round trips more: one to switch it off, and one to switch it on
        // again.
        pool.values.put("autocommit", "0");
        pool.values.put("max_statement_time", Double.toString(socketTimeout.toMillis() * 0.9 / 1000));
        return pool;
    }

    /**
     * A migration may take as long as it takes to build an index. But while it waits to begin, whatever else uses the table waits behind
     * it, so it gives up instead and is run again.
     */
    static SessionVariables ofMigration() {
        SessionVariables migration = new SessionVariables();
        migration.values.put("autocommit", "1");
        migration.values.put("max_statement_time", "0");
        migration.values.put("lock_wait_timeout", "10");
        migration.values.put("innodb_lock_wait_timeout", "10");
        migration.values.put("idle_transaction_timeout", "0");
        return migration;
    }

    /** The statement that sets how many seconds a session waits for a lock, of a row or of a table; 0 is not at all. */
    static String lockWait(String seconds) {
        return "SET lock_wait_timeout = %1$s, innodb_lock_wait_timeout = %1$s".formatted(seconds);
    }

    Map<String, String> values() {
        return Map.copyOf(values);
    }

    /** As the driver's property {@code sessionVariables} has it. */
    String property() {
        return values.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(","));
    }
}
