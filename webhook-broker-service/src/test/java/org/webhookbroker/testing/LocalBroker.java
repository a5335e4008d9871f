package org.webhookbroker.testing;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.webhookbroker.BrokerApplication;
import org.webhookbroker.BrokerConfiguration;

/** The whole broker in this process, with the configuration that it ships with, on ports of the system's choice. */
public final class LocalBroker implements AutoCloseable {
    private final DropwizardTestSupport<BrokerConfiguration> support;
    private final ServedRoutes routes = new ServedRoutes();

    private LocalBroker(ConfigOverride[] settings, List<Object> resources) {
        support = new DropwizardTestSupport<>(
                BrokerApplication.class, Path.of("..", "config.yml").toString(), settings);
        support.addListener(new DropwizardTestSupport.ServiceListener<>() {
            @Override
            public void onRun(
                    BrokerConfiguration configuration,
                    Environment environment,
                    DropwizardTestSupport<BrokerConfiguration> running) {
                routes.watch(environment);
                resources.forEach(environment.jersey()::register);
            }
        });
    }

    /** @param settings more of {@code config.yml}, as {@code path.to.it=value} */
    public static LocalBroker start(MariaDbExtension mariaDb, String... settings) {
        return start(mariaDb.jdbcUrl(), mariaDb, List.of(), settings);
    }

    /** @param resources served beside those of the broker */
    public static LocalBroker start(
            String jdbcUrl, MariaDbExtension mariaDb, List<Object> resources, String... settings) {
        List<ConfigOverride> all = new ArrayList<>(List.of(
                ConfigOverride.config("server.applicationConnectors[0].port", "0"),
                ConfigOverride.config("server.applicationConnectors[0].bindHost", "127.0.0.1"),
                ConfigOverride.config("server.adminConnectors[0].port", "0"),
                ConfigOverride.config("server.adminConnectors[0].bindHost", "127.0.0.1"),
                ConfigOverride.config("database.url", jdbcUrl),
                ConfigOverride.config("database.user", mariaDb.user()),
                ConfigOverride.config("database.password", mariaDb.password()),
                ConfigOverride.config("logging.level", "WARN")));
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            all.add(ConfigOverride.config(parts[0], parts[1]));
        }
        LocalBroker broker = new LocalBroker(all.toArray(ConfigOverride[]::new), resources);
        try {
            broker.support.before();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
        return broker;
    }

    public int port() {
        return support.getLocalPort();
    }

    public int adminPort() {
        return support.getAdminPort();
    }

    public RawClient client() {
        return new RawClient(port());
    }

    /** What it serves on the application port, as the service itself knows it. */
    public List<ServedRoutes.Route> routes() {
        return routes.all();
    }

    @Override
    public void close() {
        support.after();
    }
}
