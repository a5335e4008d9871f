package org.webhookbroker.ops;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.testing.DropwizardTestSupport;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.auth.KeyDesk;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.dispatch.Waiting;
import org.webhookbroker.job.DeadLetters;
import org.webhookbroker.job.RemovedConsumerJobs;
import org.webhookbroker.registry.ConsumerStore;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistryLimit;
import org.webhookbroker.registry.RegistryWriter;
import org.webhookbroker.registry.SecretRotation;
import org.webhookbroker.testing.QuickStop;

/** The ops package behind real ports, with one background loop to watch besides its own. */
final class OpsServer implements AutoCloseable {
    record Answer(int status, String text) {}

    final Registry registry;
    final Incarnation incarnation;
    /** What the lanes of the node would say. */
    final Map<Xid, Waiting> waiting = new ConcurrentHashMap<>();

    private final DropwizardTestSupport<Configuration> support;
    private final HttpClient client = HttpClient.newHttpClient();
    final AtomicBoolean stopping = new AtomicBoolean();

    private OpsServer(Database database, BackgroundLoop loop) throws Exception {
        registry = new Registry(database);
        incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        DeadLetters deadLetters =
                new DeadLetters(database, registry, incarnation, (consumer, priority) -> {}, new AuditTrail(database));
        OpsFactory.Watched broker = new OpsFactory.Watched(
                database,
                registry,
                deadLetters,
                new SecretRotation(consumers(database), InstantSource.system()),
                new KeyDesk(database, new XidGenerator(InstantSource.system()), InstantSource.system()),
                new AuditTrail(database),
                incarnation,
                consumer -> false,
                consumer -> Optional.ofNullable(waiting.get(consumer)),
                stopping::get,
                List.of(loop));
        support = new DropwizardTestSupport<>(OpsApplication.class, anyPorts()) {
            @Override
            public Application<Configuration> newApplication() {
                return new OpsApplication(broker);
            }
        };
        support.addListener(new QuickStop<>());
        support.before();
    }

    private ConsumerStore consumers(Database database) {
        InstantSource clock = InstantSource.system();
        return new ConsumerStore(
                database,
                new RegistryWriter(
                        database,
                        registry,
                        new XidGenerator(clock),
                        clock,
                        new RegistryLimit(1000),
                        new AuditTrail(database)),
                new RemovedConsumerJobs());
    }

    static OpsServer start(Database database, BackgroundLoop loop) throws Exception {
        return new OpsServer(database, loop);
    }

    private static final class OpsApplication extends Application<Configuration> {
        private final OpsFactory.Watched broker;

        OpsApplication(OpsFactory.Watched broker) {
            this.broker = broker;
        }

        @Override
        public void run(Configuration configuration, Environment environment) {
            environment.jersey().disable();
            new OpsFactory().register(environment, broker, new PrometheusRegistry());
        }
    }

    private static Configuration anyPorts() {
        Configuration configuration = new Configuration();
        DefaultServerFactory server = (DefaultServerFactory) configuration.getServerFactory();
        ((HttpConnectorFactory) server.getApplicationConnectors().get(0)).setPort(0);
        ((HttpConnectorFactory) server.getAdminConnectors().get(0)).setPort(0);
        return configuration;
    }

    Answer task(String name, String... parameters) throws IOException, InterruptedException {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < parameters.length; i += 2) {
            query.append(i == 0 ? "?" : "&").append(parameters[i]).append("=");
            query.append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
        }
        return send(HttpRequest.newBuilder(URI.create(admin("/tasks/" + name) + query))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    Answer getAdmin(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(admin(path))).build());
    }

    Answer getApplication(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + support.getLocalPort() + path))
                .build());
    }

    int adminPort() {
        return support.getAdminPort();
    }

    private String admin(String path) {
        return "http://127.0.0.1:" + adminPort() + path;
    }

    private Answer send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }

    @Override
    public void close() {
        support.after();
    }
}
