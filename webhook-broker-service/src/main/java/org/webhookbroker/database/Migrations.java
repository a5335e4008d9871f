package org.webhookbroker.database;

import java.sql.Connection;
import java.util.List;
import java.util.Map;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.changelog.ChangeSet;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;

/** The schema's changesets, as shipped in the jar. */
public final class Migrations {
    /** Part of the identity of each changeset: the same from the jar and from a checkout. */
    public static final String FILE = "migrations/migrations.xml";

    private Migrations() {}

    /** Names of what has not run yet; reads only. */
    static List<String> pending(Connection connection) {
        return call(
                connection,
                liquibase -> liquibase.listUnrunChangeSets(new Contexts(), new LabelExpression()).stream()
                        .map(ChangeSet::getId)
                        .toList());
    }

    public static void run(Connection connection) {
        call(connection, liquibase -> {
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

    private interface Work<T> {
        T with(Liquibase liquibase) throws LiquibaseException;
    }

    private static <T> T call(Connection connection, Work<T> work) {
        try {
            // A broker does not report its use to anybody.
            return Scope.child(Map.of("liquibase.analytics.enabled", false), () -> {
                var database =
                        DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
                return work.with(new Liquibase(FILE, new ClassLoaderResourceAccessor(), database));
            });
        } catch (Exception e) {
            throw new IllegalStateException("Migrating the database failed: " + e.getMessage(), e);
        }
    }
}
