package org.webhookbroker;

import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import net.sourceforge.argparse4j.inf.Namespace;

/** The {@code server} command; a failure that is known is shown without a stack trace. */
final class ServeCommand extends ServerCommand<BrokerConfiguration> {
    ServeCommand(Application<BrokerConfiguration> application) {
        super(application);
    }

    @Override
    public void onError(Cli cli, Namespace namespace, Throwable failure) {
        Explained.of(failure)
                .ifPresentOrElse(
                        sentence -> cli.getStdErr().println("The broker does not start. " + sentence),
                        () -> super.onError(cli, namespace, failure));
    }
}
