package org.webhookbroker.http;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.InstantSource;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.registry.ChannelStore;
import org.webhookbroker.registry.ConsumerStore;
import org.webhookbroker.registry.ProducerStore;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistryLookup;
import org.webhookbroker.registry.RegistryWriter;
import org.webhookbroker.registry.SqlConsumerJobs;

/** The HTTP side of a broker over a real registry. */
final class TestBroker {
    private final DropwizardTestSupport<Configuration> support;

    TestBroker(Database database) throws Exception {
        ConfigOverride[] overrides = {
            ConfigOverride.config("server.gzip.enabled", "false"),
            ConfigOverride.config("server.applicationConnectors[0].port", "0"),
            ConfigOverride.config("server.adminConnectors[0].port", "0")
        };
        support = new DropwizardTestSupport<>(App.class, (String) null, overrides) {
            @Override
            public Application<Configuration> newApplication() {
                return new App(database);
            }
        };
        support.before();
    }

    RawClient client() {
        return new RawClient(support.getLocalPort());
    }

    void stop() {
        support.after();
    }

    private static final class App extends Application<Configuration> {
        private final Database database;

        private App(Database database) {
            this.database = database;
        }

        @Override
        public void run(Configuration configuration, Environment environment) {
            XidGenerator ids = new XidGenerator(InstantSource.system());
            Registry registry = new Registry(database);
            RegistryWriter writer = new RegistryWriter(database, registry, ids, InstantSource.system());
            HttpRules.install(configuration, environment, ids);
            environment.jersey().register(new ProducerResource(new ProducerStore(database, writer)));
            environment.jersey().register(new ChannelResource(new ChannelStore(database, writer)));
            environment
                    .jersey()
                    .register(new ConsumerResource(
                            new RegistryLookup(registry), new ConsumerStore(database, writer, new SqlConsumerJobs())));
            environment.jersey().register(new BrokenResource());
        }
    }

    /** Fails as no resource should. */
    @Path("/broken")
    public static final class BrokenResource {
        @GET
        public String fail() {
            throw new IllegalStateException("secret detail");
        }
    }
}
