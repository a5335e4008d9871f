package org.webhookbroker;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import net.sourceforge.argparse4j.inf.Namespace;
import org.webhookbroker.database.StartRefusedException;

/** The {@code server} command; a failure that its message explains is shown without a stack trace. */
final class ServeCommand extends ServerCommand<BrokerConfiguration> {
    ServeCommand(Application<BrokerConfiguration> application) {
        super(application);
    }

    @Override
    public void onError(Cli cli, Namespace namespace, Throwable failure) {
        if (failure instanceof StartRefusedException || failure instanceof ConfigurationException) {
            cli.getStdErr().println("The broker does not start. " + failure.getMessage());
        } else {
            super.onError(cli, namespace, failure);
        }
    }
}
