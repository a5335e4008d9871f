package org.webhookbroker;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.migrations.DbCommand;
import net.sourceforge.argparse4j.inf.Namespace;
import org.webhookbroker.database.Migrations;

/** The commands {@code db migrate}, {@code db status} and {@code db locks}; a failure that is known is shown without a stack trace. */
final class SchemaCommand extends DbCommand<BrokerConfiguration> {
    SchemaCommand() {
        super("db", configuration -> configuration.database.forCommands(), BrokerConfiguration.class, Migrations.FILE);
    }

    @Override
    public void onError(Cli cli, Namespace namespace, Throwable failure) {
        Explained.of(failure)
                .ifPresentOrElse(
                        sentence -> cli.getStdErr().println("Nothing was done to the database. " + sentence),
                        () -> super.onError(cli, namespace, failure));
    }
}
