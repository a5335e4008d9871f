package org.webhookbroker.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    public static final String FILE = "migrations/migrations.xml";

    private static final int NO_SUCH_TABLE = 1146;

    private Migrations() {}

    /**
     * What has not run yet. Only reads: Liquibase's own status would create its tables and take its lock, and a broker may
     * have no right to do so on an external database.
     */
    static List<String> pending(Connection connection) {
        Set<String> ran = ran(connection);
        return call(
                connection,
                liquibase -> liquibase.getDatabaseChangeLog().getChangeSets().stream()
                        .map(changeSet -> changeSet.getAuthor() + ":" + changeSet.getId())
                        .filter(name -> !ran.contains(name))
                        .toList());
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
