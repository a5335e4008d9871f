package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Globals;
import org.webhookbroker.testing.MariaDbExtension;

@Tag("slow")
class MigrationsTest {
    private static final String SCHEMA = "test_migrations";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private Connection connection;

    @BeforeEach
    void create() throws SQLException {
        mariaDb.sql().execute("CREATE OR REPLACE DATABASE " + SCHEMA);
        connection = DriverManager.getConnection(
                mariaDb.jdbcUrl().replaceFirst("/[^/]+$", "/" + SCHEMA), mariaDb.user(), mariaDb.password());
    }

    @AfterEach
    void drop() throws SQLException {
        connection.close();
        mariaDb.sql().execute("DROP DATABASE " + SCHEMA);
    }

    /** A kill came after the statement and before the row that says so. */
    @Test
    void eachChangesetCanBeRunAgain() throws SQLException {
        List<String> pendingBefore = Migrations.pending(connection);
        Migrations.run(connection);
        execute("INSERT INTO tally (owner_id, incarnation, accepted, delivered, dead, removed, archived, died)"
                + " VALUES ('o', 1, 9, 0, 2, 0, 0, 7)");
        Map<String, String> before = contents();
        List<String> changesets = column("SELECT ID FROM DATABASECHANGELOG ORDER BY ORDEREXECUTED");
        assertThat(changesets).hasSizeGreaterThanOrEqualTo(20);
        assertThat(pendingBefore)
                .isEqualTo(changesets.stream().map(name -> "broker:" + name).toList());
        for (String changeset : changesets) {
            execute("DELETE FROM DATABASECHANGELOG WHERE ID = '" + changeset + "'");
            assertThat(Migrations.pending(connection)).containsExactly("broker:" + changeset);
            Migrations.run(connection);
            assertThat(contents()).as(changeset).isEqualTo(before);
        }
        execute("DELETE FROM DATABASECHANGELOG");
        Migrations.run(connection);
        assertThat(contents()).isEqualTo(before);
    }

    /** By the files as they were released, whose checksums are stored. */
    @Test
    void aDatabaseThatWasMigratedBeforeStaysValid() throws SQLException, IOException {
        Migrations.run(connection);
        Map<String, String> released = releasedCheckSums();
        assertThat(released).hasSize(20);
        for (Map.Entry<String, String> each : released.entrySet()) {
            assertThat(column("SELECT MD5SUM FROM DATABASECHANGELOG WHERE ID = '" + each.getKey() + "'"))
                    .as(each.getKey())
                    .hasSize(1)
                    .doesNotContain(each.getValue());
            execute("UPDATE DATABASECHANGELOG SET MD5SUM = '%s' WHERE ID = '%s'"
                    .formatted(each.getValue(), each.getKey()));
        }
        assertThat(Migrations.pending(connection)).isEmpty();
        // Or Liquibase would not look at the others.
        execute("DELETE FROM DATABASECHANGELOG WHERE ID = 'app-state'");
        Migrations.run(connection);
        assertThat(Migrations.pending(connection)).isEmpty();
    }

    @Test
    void theFormatOfRowsIsOurs() throws SQLException {
        try (Globals globals = new Globals(mariaDb)) {
            globals.set("innodb_default_row_format", "'compact'");
            Migrations.run(connection);
        }
        assertThat(column("SELECT CONCAT(table_name, ' ', row_format) FROM information_schema.tables"
                        + " WHERE table_schema = DATABASE() AND table_name NOT LIKE 'DATABASECHANGELOG%'"))
                .hasSizeGreaterThan(12)
                .allMatch(table -> table.endsWith(" Dynamic"));
    }

    private static Map<String, String> releasedCheckSums() throws IOException {
        Pattern header = Pattern.compile("--changeset broker:(\\S+)\n--validCheckSum: (9:[0-9a-f]{32})\n");
        try (Stream<Path> files = Files.list(Path.of("..", "migrations"))) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
            return header.matcher(all)
                    .results()
                    .collect(Collectors.toMap(match -> match.group(1), match -> match.group(2)));
        }
    }

    private Map<String, String> contents() throws SQLException {
        Map<String, String> contents = new TreeMap<>();
        for (String table : column("SHOW TABLES")) {
            if (!table.startsWith("DATABASECHANGELOG")) {
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("SHOW CREATE TABLE " + table)) {
                    row.next();
                    contents.put(table, row.getString(2) + column("CHECKSUM TABLE " + table + " EXTENDED"));
                }
            }
        }
        contents.put("tally", contents.get("tally") + column("SELECT died FROM tally"));
        contents.put("version", column("SELECT version FROM registry_version").toString());
        return contents;
    }

    private List<String> column(String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
