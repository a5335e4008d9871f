package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.testing.Account;
import org.webhookbroker.testing.Globals;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestPool;

class SessionVariablesTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final Path OPERATIONS = Path.of("..", "docs", "operations.md");

    /** What the whole server is set to, and what the broker's sessions have nevertheless. */
    private static final String HOSTILE = """
            autocommit                       | 1                  | 0
            tx_isolation                     | 'READ-UNCOMMITTED' | READ-COMMITTED
            tx_read_only                     | 1                  | 0
            completion_type                  | 'RELEASE'          | NO_CHAIN
            sql_mode                         | 'ORACLE,ANSI'      | TRADITIONAL
            old_mode                         | 'ZERO_DATE_TIME_CAST,NO_DUP_KEY_WARNINGS_WITH_IGNORE' |
            time_zone                        | '+13:00'           | +00:00
            collation_connection             | 'latin1_swedish_ci'| utf8mb4_nopad_bin
            character_set_results            | 'latin1'           | utf8mb4
            lc_messages                      | 'de_DE'            | en_US
            sql_select_limit                 | 1                  | 18446744073709551615
            max_join_size                    | 1                  | 18446744073709551615
            sql_big_selects                  | 0                  | 1
            sql_safe_updates                 | 1                  | 0
            optimizer_max_sel_arg_weight     | 100                | 0
            sql_auto_is_null                 | 1                  | 0
            group_concat_max_len             | 4                  | 1048576
            div_precision_increment          | 0                  | 4
            max_session_mem_used             | 8192               | 9223372036854775807
            foreign_key_checks               | 0                  | 1
            unique_checks                    | 0                  | 1
            check_constraint_checks          | 0                  | 1
            default_storage_engine           | 'MyISAM'           | InnoDB
            lock_wait_timeout                | 86400              | 2
            innodb_lock_wait_timeout         | 3600               | 2
            wait_timeout                     | 1                  | 28800
            net_read_timeout                 | 1                  | 30
            net_write_timeout                | 1                  | 60
            idle_transaction_timeout         | 0                  | 5
            idle_readonly_transaction_timeout| 1                  | 0
            idle_write_transaction_timeout   | 1                  | 0
            max_statement_time               | 0.001              | 54.000000
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = HOSTILE)
    void aSessionIsNotAsTheServerIsSet(String variable, String hostile, @Nullable String ours) throws SQLException {
        try (Globals globals = new Globals(mariaDb)) {
            globals.set(variable, hostile);
            TestPool pool = TestPool.open(mariaDb.pooledBy(1));
            try (Connection connection = pool.dataSource().getConnection()) {
                assertThat(normal(value(connection, variable))).contains(ours == null ? "" : ours);
                assertThat(value(connection, variable)).isNotEqualTo(value(connection, "global." + variable));
            } finally {
                pool.close();
            }
        }
    }

    /** What the server runs for each new session of an ordinary user. */
    @Test
    void whatTheServerDoesAtEachConnectionComesFirst() throws SQLException {
        try (Account ordinary = new Account(mariaDb, "ordinary");
                Globals globals = new Globals(mariaDb)) {
            globals.set("init_connect", "'SET sql_select_limit = 1, autocommit = 1'");
            TestPool pool = TestPool.open(TestPools.of(mariaDb.jdbcUrl(), ordinary.name(), Account.PASSWORD, 1));
            try (Connection connection = pool.dataSource().getConnection()) {
                assertThat(value(connection, "sql_select_limit")).isEqualTo("18446744073709551615");
                assertThat(value(connection, "autocommit")).isEqualTo("0");
            } finally {
                pool.close();
            }
        }
    }

    @Test
    void allThatIsTriedIsAllThatIsSet() {
        Map<String, String> set =
                SessionVariables.ofPool(Duration.ofSeconds(60)).values();
        assertThat(HOSTILE.lines().map(line -> line.split("\\|", -1)[0].strip()))
                .contains("sql_select_limit")
                .containsExactlyInAnyOrderElementsOf(set.keySet().stream()
                        // Cannot be set to anything that the driver speaks; it watches over it.
                        .filter(each -> !each.equals("character_set_client"))
                        .toList());
    }

    @Test
    void thePageHasThemAll() throws IOException {
        Map<String, String> documented = Files.readString(OPERATIONS)
                .transform(page -> page.substring(page.indexOf("## What the broker sets in its sessions")))
                .lines()
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|", -1))
                .flatMap(cells -> Arrays.stream(cells[1].split(",", -1)).map(name ->
                        new String[] {name.strip().replace("`", ""), cells[2]}))
                .collect(Collectors.toMap(
                        each -> each[0], each -> each[1].strip().replace("`", "")));
        SessionVariables.ofPool(Duration.ofSeconds(60)).values().forEach((variable, value) -> {
            if (!variable.equals("max_statement_time")) {
                assertThat(documented).containsEntry(variable, value.replace("'", ""));
            }
        });
        assertThat(documented).containsKey("max_statement_time");
    }

    /** The commands that migrate have no time limit on a statement, but do not stand in everybody's way either. */
    @Test
    void aMigrationHasThemToo() throws SQLException {
        DatabaseFactory factory = new DatabaseFactory();
        factory.url = mariaDb.jdbcUrl();
        factory.user = mariaDb.user();
        factory.password = mariaDb.password();
        try (Globals globals = new Globals(mariaDb)) {
            globals.set("sql_mode", "'ANSI'").set("default_storage_engine", "'MyISAM'");
            TestPool pool = TestPool.open(factory.forCommands());
            try (Connection connection = pool.dataSource().getConnection()) {
                assertThat(value(connection, "autocommit")).isEqualTo("1");
                assertThat(value(connection, "default_storage_engine")).isEqualTo("InnoDB");
                assertThat(value(connection, "lock_wait_timeout")).isEqualTo("10");
                assertThat(value(connection, "max_statement_time")).isEqualTo("0.000000");
            } finally {
                pool.close();
            }
        }
    }

    private static String normal(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static @Nullable String value(Connection connection, String variable) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@" + variable)) {
            row.next();
            return row.getString(1);
        }
    }
}
