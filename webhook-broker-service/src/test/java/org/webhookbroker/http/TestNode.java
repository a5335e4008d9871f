package org.webhookbroker.http;

import io.dropwizard.core.Application;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.testing.DropwizardTestSupport;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.webhookbroker.Broker;
import org.webhookbroker.BrokerApplication;
import org.webhookbroker.BrokerConfiguration;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.http.server.HttpRules;
import org.webhookbroker.http.server.RouteGuard;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.SettleStore;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.message.Intake;
import org.webhookbroker.pull.PullFactory.Pull;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerStore;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.ConsumerValues;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.Retries;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.QuickStop;
import org.webhookbroker.testing.Visits;

/**
 * A broker over real HTTP that accepts and shows but does not deliver: its dispatch never starts. It knows channel {@code c1}
 * (token {@code ct}) and producer {@code p1} (token {@code pt}). Its intake commits only once started.
 */
final class TestNode implements AutoCloseable {
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-24T22:20:00Z"));

    private static final Duration LONGEST_BULK = Duration.ofMinutes(1);

    final Broker broker;
    final Database database;
    final Registry registry;
    final ConsumerStore consumers;
    final Incarnation incarnation;
    final Intake intake;
    final Pull pull;
    private final DropwizardTestSupport<BrokerConfiguration> server;

    TestNode(Database database) {
        this(database, settings -> {});
    }

    TestNode(Database database, java.util.function.Consumer<BrokerConfiguration> change) {
        this(database, change, LONGEST_BULK);
    }

    /** @param longestBulk what goes through all dead jobs of a consumer ends after this time */
    TestNode(Database database, Duration longestBulk) {
        this(database, settings -> {}, longestBulk);
    }

    private TestNode(Database database, java.util.function.Consumer<BrokerConfiguration> change, Duration longestBulk) {
        BrokerConfiguration settings = settings();
        change.accept(settings);
        this.database = database;
        broker = new Broker(settings, database, Clock.systemUTC(), new PrometheusRegistry());
        registry = broker.registry;
        consumers = broker.stores.consumers();
        incarnation = broker.incarnation;
        intake = broker.intake;
        pull = broker.pull;
        incarnation.begin();
        broker.stores.channels().put(new EntryValues("c1", "Chan", "ct"), UpdateCondition.none(), Auditing.PUT);
        broker.stores.producers().put(new EntryValues("p1", "Prod", "pt"), UpdateCondition.none(), Auditing.PUT);
        server = new DropwizardTestSupport<>(Api.class, settings) {
            @Override
            public Application<BrokerConfiguration> newApplication() {
                return new Api(broker, longestBulk);
            }
        };
        try {
            server.addListener(new QuickStop<>()).before();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static final class Api extends Application<BrokerConfiguration> {
        private final Broker broker;
        private final Duration longestBulk;

        Api(Broker broker, Duration longestBulk) {
            this.broker = broker;
            this.longestBulk = longestBulk;
        }

        @Override
        public void run(BrokerConfiguration settings, Environment environment) {
            Intake intake = broker.intake;
            HttpRules.install(
                    settings,
                    environment,
                    broker.ids,
                    settings.gatewayAuth.build(intake.budget(), intake.limits(), CLOCK),
                    RouteGuard.NONE);
            new ApiResources(broker.database, broker.registry, broker.ids, CLOCK, longestBulk)
                    .register(environment, BrokerApplication.features(broker), settings.dispatch.tokenHeader);
        }
    }

    private static BrokerConfiguration settings() {
        BrokerConfiguration settings = new BrokerConfiguration();
        // No heartbeat runs.
        settings.dispatch.takeoverAfter = io.dropwizard.util.Duration.minutes(5);
        DefaultServerFactory server = (DefaultServerFactory) settings.getServerFactory();
        // Jetty would unpack payloads.
        server.getGzipFilterFactory().setEnabled(false);
        connector(settings).setPort(0);
        ((HttpConnectorFactory) server.getAdminConnectors().get(0)).setPort(0);
        return settings;
    }

    /** Of the API. */
    static HttpConnectorFactory connector(BrokerConfiguration settings) {
        DefaultServerFactory server = (DefaultServerFactory) settings.getServerFactory();
        return (HttpConnectorFactory) server.getApplicationConnectors().get(0);
    }

    TestNode started() {
        broker.quotas.start();
        intake.start();
        pull.start();
        broker.schedule.start();
        return this;
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + server.getLocalPort() + path);
    }

    int port() {
        return server.getLocalPort();
    }

    int adminPort() {
        return server.getAdminPort();
    }

    Channel channel() {
        return registry.current().channel("c1").orElseThrow();
    }

    Consumer consumer(String id, ConsumerType type) {
        return consumer(id, type, Retries.AS_CONFIGURED);
    }

    Consumer consumer(String id, ConsumerType type, Retries retries) {
        return consumers
                .put(
                        new ConsumerValues(
                                channel(), new EntryValues(id, "Cons " + id, "kt"), "http://host/" + id, type, retries),
                        UpdateCondition.none(),
                        Auditing.PUT)
                .entry();
    }

    List<LeasedJob> lease(Consumer consumer, int wanted) {
        return database.inTransaction(handle -> new LeaseStore()
                .lease(handle, consumer.id(), incarnation.id(), wanted, job -> LeaseStore.Choice.TAKE, Visits.full())
                .jobs());
    }

    void deliver(List<LeasedJob> jobs) {
        settle(jobs.stream().map(Settlement.Delivered::new).toList());
    }

    void bury(List<LeasedJob> jobs) {
        Failure failure = new Failure("status-500", "Internal Server Error", true);
        settle(jobs.stream().map(job -> new Settlement.Dead(job, failure)).toList());
    }

    private void settle(List<? extends Settlement> settlements) {
        database.inTransaction(handle -> new SettleStore().settle(handle, incarnation.id(), List.copyOf(settlements)));
    }

    @Override
    public void close() {
        pull.waiters().close();
        server.after();
        try {
            broker.stop();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}
