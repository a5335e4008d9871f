package org.webhookbroker;

import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;

/** The broker. What is managed first is stopped last, so {@link #run} goes from the database outwards. */
public final class BrokerApplication extends Application<BrokerConfiguration> {
    public static void main(String[] arguments) throws Exception {
        new BrokerApplication().run(arguments);
    }

    @Override
    public String getName() {
        return "webhook-broker";
    }

    @Override
    protected void addDefaultCommands(Bootstrap<BrokerConfiguration> bootstrap) {
        bootstrap.addCommand(new ServeCommand(this));
        bootstrap.addCommand(new CheckCommand<>(this));
    }

    @Override
    public void initialize(Bootstrap<BrokerConfiguration> bootstrap) {
        bootstrap.setConfigurationSourceProvider(new SubstitutingSourceProvider(
                bootstrap.getConfigurationSourceProvider(), new EnvironmentVariableSubstitutor(false)));
        bootstrap.addBundle(new SchemaBundle());
    }

    @Override
    public void run(BrokerConfiguration configuration, Environment environment) {
        configuration.database().build(environment);
    }
}
