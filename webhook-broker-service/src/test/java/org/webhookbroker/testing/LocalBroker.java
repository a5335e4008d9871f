package org.webhookbroker.testing;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.webhookbroker.BrokerApplication;
import org.webhookbroker.BrokerConfiguration;
import org.webhookbroker.http.server.DirectRequest;
import org.webhookbroker.http.server.HttpRules;

/** The whole broker in this process, with the configuration that it ships with, on ports of the system's choice. */
public final class LocalBroker implements AutoCloseable {
    private final DropwizardTestSupport<BrokerConfiguration> support;
    private final ServedRoutes routes = new ServedRoutes();
    private final Wire wire;

    private LocalBroker(Setup setup, List<ConfigOverride> overrides) {
        wire = setup.wire;
        support =
                new DropwizardTestSupport<>(
                        BrokerApplication.class,
                        setup.configuration.toString(),
                        overrides.toArray(ConfigOverride[]::new)) {
                    @Override
                    public BrokerApplication newApplication() {
                        return new BrokerApplication(setup.clock);
                    }
                };
        support.addListener(new DropwizardTestSupport.ServiceListener<>() {
            @Override
            public void onRun(
                    BrokerConfiguration configuration,
                    Environment environment,
                    DropwizardTestSupport<BrokerConfiguration> running) {
                routes.watch(environment);
                setup.resources.forEach(resource -> {
                    if (resource instanceof DirectRequest.Resource direct) {
                        HttpRules.serve(environment, direct);
                    } else {
                        environment.jersey().register(resource);
                    }
                });
            }
        });
        try {
            support.before();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** @param settings more of {@code config.yml}, as {@code path.to.it=value} */
    public static LocalBroker start(MariaDbExtension mariaDb, String... settings) {
        return on(mariaDb).start(settings);
    }

    public static Setup on(MariaDbExtension mariaDb) {
        return new Setup(mariaDb);
    }

    /** A broker that is not started yet. */
    public static final class Setup {
        private final MariaDbExtension mariaDb;
        private String jdbcUrl;
        private Path configuration = Path.of("..", "config.yml");
        private Clock clock = Clock.systemUTC();
        private List<?> resources = List.of();
        private Wire wire = Wire.CLEAR;

        private Setup(MariaDbExtension mariaDb) {
            this.mariaDb = mariaDb;
            this.jdbcUrl = mariaDb.jdbcUrl();
        }

        /** @param url leads to the same database, by way of a proxy */
        public Setup through(String url) {
            jdbcUrl = url;
            return this;
        }

        public Setup configuredBy(Path file) {
            configuration = file;
            return this;
        }

        public Setup at(Clock itsClock) {
            clock = itsClock;
            return this;
        }

        /** @param how its API is reached */
        public Setup over(Wire how) {
            wire = how;
            return this;
        }

        /** @param more resources, served beside those of the broker */
        public Setup serving(List<?> more) {
            resources = more;
            return this;
        }

        /** @param settings more of the configuration, as {@code path.to.it=value} */
        public LocalBroker start(String... settings) {
            // Dropwizard has them in a set: of two with one name either may win.
            Map<String, String> all = new HashMap<>(Map.of(
                    "server.applicationConnectors[0].port", "0",
                    "server.applicationConnectors[0].bindHost", "127.0.0.1",
                    "server.adminConnectors[0].port", "0",
                    "server.adminConnectors[0].bindHost", "127.0.0.1",
                    "database.url", jdbcUrl,
                    "database.user", mariaDb.user(),
                    "database.password", mariaDb.password(),
                    "logging.level", "WARN"));
            for (String setting :
                    Stream.concat(wire.settings().stream(), Stream.of(settings)).toList()) {
                String[] parts = setting.split("=", 2);
                all.put(parts[0], parts[1]);
            }
            List<ConfigOverride> overrides = new ArrayList<>();
            all.forEach((name, value) -> overrides.add(ConfigOverride.config(name, value)));
            return new LocalBroker(this, overrides);
        }
    }

    public int port() {
        return support.getLocalPort();
    }

    public int adminPort() {
        return support.getAdminPort();
    }

    /** A connection to the API. */
    public Socket connect() throws IOException {
        return wire.connect(port());
    }

    public RawClient client() {
        return new RawClient(port(), wire);
    }

    public ApiClient api() {
        return new ApiClient(wire.url(port()), wire);
    }

    public ApiClient admin() {
        return new ApiClient("http://127.0.0.1:" + adminPort());
    }

    /** What it serves on the application port, as the service itself knows it. */
    public List<ServedRoutes.Route> routes() {
        return routes.all();
    }

    /** What answers a route; empty for a servlet. */
    public Optional<Method> handler(ServedRoutes.Route route) {
        return routes.handler(route);
    }

    @Override
    public void close() {
        support.after();
    }
}
