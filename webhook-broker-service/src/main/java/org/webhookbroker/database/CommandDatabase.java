package org.webhookbroker.database;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.db.ManagedDataSource;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.webhookbroker.database.embedded.EmbeddedMariaDb;

/** The broker's database while a command runs; an embedded server is started and stopped with it. */
public final class CommandDatabase implements AutoCloseable {
    private final Database database;
    private final ManagedDataSource pool;
    private final Optional<EmbeddedMariaDb> server;

    private CommandDatabase(Database database, ManagedDataSource pool, Optional<EmbeddedMariaDb> server) {
        this.database = database;
        this.pool = pool;
        this.server = server;
    }

    static CommandDatabase open(DatabaseFactory factory) {
        Optional<EmbeddedMariaDb> server = factory.startEmbedded();
        try {
            DataSourceFactory settings = factory.pool(server);
            settings.setInitialSize(1);
            settings.setMinSize(1);
            Startup.check(settings, server.isPresent());
            ManagedDataSource pool = settings.build(new MetricRegistry(), "command");
            return new CommandDatabase(new Database(Jdbi.create(pool)), pool, server);
        } catch (RuntimeException failure) {
            server.ifPresent(EmbeddedMariaDb::close);
            throw failure;
        }
    }

    public Database database() {
        return database;
    }

    @Override
    public void close() {
        try {
            pool.stop();
        } catch (Exception failure) {
            throw new IllegalStateException("Cannot close the connections to the database", failure);
        } finally {
            server.ifPresent(EmbeddedMariaDb::close);
        }
    }
}
