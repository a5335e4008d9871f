package org.webhookbroker;

import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.migrations.MigrationsBundle;
import org.webhookbroker.database.Migrations;

/** The commands {@code db migrate}, {@code db status} and {@code db locks}. */
final class SchemaBundle extends MigrationsBundle<BrokerConfiguration> {
    @Override
    public DataSourceFactory getDataSourceFactory(BrokerConfiguration configuration) {
        return configuration.database.forCommands();
    }

    @Override
    public String getMigrationsFileName() {
        return Migrations.FILE;
    }
}
