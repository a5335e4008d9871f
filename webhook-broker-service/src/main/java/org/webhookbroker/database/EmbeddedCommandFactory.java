package org.webhookbroker.database;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.db.ManagedPooledDataSource;
import java.util.Optional;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.webhookbroker.database.embedded.EmbeddedMariaDb;

/** Lets the {@code db} commands work on the embedded database too: it runs as long as the command does. */
final class EmbeddedCommandFactory extends DataSourceFactory {
    private final DatabaseFactory database;

    EmbeddedCommandFactory(DatabaseFactory database) {
        this.database = database;
    }

    @Override
    public ManagedDataSource build(MetricRegistry metrics, String name) {
        EmbeddedMariaDb server = database.startEmbedded().orElseThrow();
        DataSourceFactory pool = database.pool(Optional.of(server));
        PoolProperties properties = new PoolProperties();
        properties.setName(name);
        properties.setUrl(pool.getUrl());
        properties.setUsername(pool.getUser());
        properties.setPassword(pool.getPassword());
        properties.setDriverClassName(pool.getDriverClass());
        DatabaseFactory.forMigrations(pool.getProperties());
        pool.getProperties().forEach(properties.getDbProperties()::setProperty);
        properties.setInitialSize(1);
        properties.setMaxActive(1);
        properties.setMaxIdle(1);
        properties.setMinIdle(1);
        return new ManagedPooledDataSource(properties, metrics) {
            @Override
            public void stop() throws Exception {
                super.stop();
                server.close();
            }
        };
    }
}
