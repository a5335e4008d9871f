package org.webhookbroker;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.migrations.DbCommand;
import java.util.stream.Stream;
import liquibase.exception.LiquibaseException;
import net.sourceforge.argparse4j.inf.Namespace;
import org.webhookbroker.database.Migrations;

/** The commands {@code db migrate}, {@code db status} and {@code db locks}; a failure that is known is shown without a stack trace. */
final class SchemaCommand extends DbCommand<BrokerConfiguration> {
    SchemaCommand() {
        super("db", configuration -> configuration.database.forCommands(), BrokerConfiguration.class, Migrations.FILE);
    }

    /** Liquibase works once there is a connection, and keeps a record of each changeset that is done. */
    private static String began(Throwable failure) {
        boolean begun = Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(LiquibaseException.class::isInstance);
        return begun
                ? "The command stopped; run it again, what it has done is kept. "
                : "Nothing was done to the database. ";
    }

    @Override
    public void onError(Cli cli, Namespace namespace, Throwable failure) {
        Explained.of(failure)
                .ifPresentOrElse(
                        sentence -> cli.getStdErr().println(began(failure) + sentence),
                        () -> super.onError(cli, namespace, failure));
    }
}
