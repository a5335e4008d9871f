package org.webhookbroker;

import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.MariaDbExtension;

/** The whole broker in this process, with the configuration that it ships with. */
final class TestApplication implements AutoCloseable {
    private final DropwizardTestSupport<BrokerConfiguration> broker;

    /** @param settings more settings, as {@code name=value} */
    private TestApplication(MariaDbExtension mariaDb, String jdbcUrl, Clock clock, String... settings) {
        List<ConfigOverride> overrides = new ArrayList<>(List.of(
                ConfigOverride.config("server.applicationConnectors[0].port", "0"),
                ConfigOverride.config("server.adminConnectors[0].port", "0"),
                ConfigOverride.config("database.url", jdbcUrl),
                ConfigOverride.config("database.user", mariaDb.user()),
                ConfigOverride.config("database.password", mariaDb.password())));
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            overrides.add(ConfigOverride.config(parts[0], parts[1]));
        }
        broker =
                new DropwizardTestSupport<>(
                        BrokerApplication.class,
                        Path.of("..", "config.yml").toString(),
                        overrides.toArray(ConfigOverride[]::new)) {
                    @Override
                    public BrokerApplication newApplication() {
                        return new BrokerApplication(clock);
                    }
                };
    }

    static TestApplication start(MariaDbExtension mariaDb, String... settings) throws Exception {
        return startOn(mariaDb.jdbcUrl(), mariaDb, settings);
    }

    /** By way of a proxy. */
    static TestApplication startOn(String jdbcUrl, MariaDbExtension mariaDb, String... settings) throws Exception {
        return start(new TestApplication(mariaDb, jdbcUrl, Clock.systemUTC(), settings));
    }

    /** By a clock of its own. */
    static TestApplication startAt(Clock clock, MariaDbExtension mariaDb, String... settings) throws Exception {
        return start(new TestApplication(mariaDb, mariaDb.jdbcUrl(), clock, settings));
    }

    private static TestApplication start(TestApplication application) throws Exception {
        application.broker.before();
        return application;
    }

    ApiClient api() {
        return new ApiClient("http://127.0.0.1:" + broker.getLocalPort());
    }

    ApiClient admin() {
        return new ApiClient("http://127.0.0.1:" + broker.getAdminPort());
    }

    @Override
    public void close() {
        broker.after();
    }
}
