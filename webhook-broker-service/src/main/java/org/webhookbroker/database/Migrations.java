package org.webhookbroker.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;

/** The schema's changesets, as shipped in the jar. */
public final class Migrations {
    private static final String FOLDER = "migrations/";

    public static final String FILE = FOLDER + "migrations.xml";

    private static final Pattern INCLUDE = Pattern.compile("<include file=\"([^\"]+)\"");
    private static final Pattern CHANGESET = Pattern.compile("(?m)^--changeset (\\S+:\\S+)");

    private static final int NO_SUCH_TABLE = 1146;

    private Migrations() {}

    /**
     * What has not run yet. Without Liquibase, all of which a start would have to load for it. Its own status would also create its
     * tables and take its lock, and a broker may have no right to do so on an external database.
     */
    static List<String> pending(Connection connection) {
        Set<String> ran = ran(connection);
        return shipped().filter(name -> !ran.contains(name)).toList();
    }

    /** In their order. */
    private static Stream<String> shipped() {
        return INCLUDE.matcher(text(FILE))
                .results()
                .map(file -> text(FOLDER + file.group(1)))
                .flatMap(file -> CHANGESET.matcher(file).results())
                .map(changeset -> changeset.group(1));
    }

    private static String text(String resource) {
        try (InputStream stream =
                Objects.requireNonNull(Migrations.class.getClassLoader().getResourceAsStream(resource), resource)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void run(Connection connection) {
        call(connection, liquibase -> {
            liquibase.setShowSummary(UpdateSummaryEnum.OFF);
            liquibase.update(new Contexts());
            return true;
        });
    }

    /** Only where no other process can be migrating: a broker killed in the middle leaves its lock behind. */
    static void releaseLock(Connection connection) {
        call(connection, liquibase -> {
            liquibase.forceReleaseLocks();
            return true;
        });
    }

    private static Set<String> ran(Connection connection) {
        Set<String> names = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT AUTHOR, ID FROM DATABASECHANGELOG")) {
            while (rows.next()) {
                names.add(rows.getString(1) + ":" + rows.getString(2));
            }
            return names;
        } catch (SQLException e) {
            if (e.getErrorCode() == NO_SUCH_TABLE) {
                return names;
            }
            throw new IllegalStateException("Cannot read which migrations have run: " + e.getMessage(), e);
        }
    }

    private interface Work<T> {
        T with(Liquibase liquibase) throws Exception;
    }

    private static <T> T call(Connection connection, Work<T> work) {
        try {
            // No reports of use to anybody, and progress to the log instead of standard output.
            Map<String, Object> scope =
                    Map.of("liquibase.analytics.enabled", false, Scope.Attr.ui.name(), new LoggerUIService());
            return Scope.child(scope, () -> {
                var database =
                        DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
                return work.with(new Liquibase(FILE, new ClassLoaderResourceAccessor(), database));
            });
        } catch (Exception e) {
            throw new IllegalStateException("Migrating the database failed: " + e.getMessage(), e);
        }
    }
}
