package org.webhookbroker.testing;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.db.ManagedDataSource;
import org.jdbi.v3.core.Jdbi;
import org.webhookbroker.database.Database;

public record TestPool(ManagedDataSource dataSource, Jdbi jdbi, Database database) {
    public static TestPool open(DataSourceFactory factory) {
        ManagedDataSource dataSource = factory.build(new MetricRegistry(), "test");
        Jdbi jdbi = Jdbi.create(dataSource);
        return new TestPool(dataSource, jdbi, new Database(jdbi));
    }

    public void close() {
        try {
            dataSource.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
