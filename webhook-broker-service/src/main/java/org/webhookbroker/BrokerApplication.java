package org.webhookbroker;

import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.api.BrokerVersion;
import org.webhookbroker.auth.KeyCheck;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;
import org.webhookbroker.http.ApiResources;
import org.webhookbroker.http.access.KeyGuard;
import org.webhookbroker.http.drain.Drain;
import org.webhookbroker.http.server.HttpRules;
import org.webhookbroker.http.server.RouteGuard;
import org.webhookbroker.http.tls.ServerTls;
import org.webhookbroker.message.Intake;
import org.webhookbroker.ops.AdminKeys;
import org.webhookbroker.ops.OpsFactory;
import org.webhookbroker.ops.RetentionTasks;
import org.webhookbroker.ops.logs.LogBudget;
import org.webhookbroker.registry.SecretRotation;

/**
 * The broker as an application: {@link Broker} on its database, behind HTTP. What is managed first is stopped last, so
 * {@link #run} goes from the database outwards; the server stops before all of it.
 */
public final class BrokerApplication extends Application<BrokerConfiguration> {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerApplication.class);

    private final Clock clock;

    public BrokerApplication() {
        this(Clock.systemUTC());
    }

    public BrokerApplication(Clock clock) {
        this.clock = clock;
    }

    public static void main(String[] arguments) throws Exception {
        // The outbound client remembers addresses itself, within bounds; the JDK would keep each answer whole, however
        // many there are.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        // What machines read must not depend on the language of the machine: in Turkish the lower case of LIMIT is not
        // limit. This covers the libraries too.
        Locale.setDefault(Locale.ROOT);
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
        bootstrap.addCommand(new PruneCommand(System::exit, System.out));
        bootstrap.addCommand(new SchemaCommand());
        bootstrap.addCommand(new KeysCommand(System::exit, System.out, System.err));
        bootstrap.addCommand(new CallCommand(System::exit, System.out));
    }

    @Override
    public void initialize(Bootstrap<BrokerConfiguration> bootstrap) {
        bootstrap.setConfigurationSourceProvider(new ConfigurationFile(
                bootstrap.getConfigurationSourceProvider(), new FileVariables(RawEnvironment::get)));
        bootstrap.setConfigurationFactoryFactory(MisplacedTexts.hidden());
    }

    @Override
    public void run(BrokerConfiguration configuration, Environment environment) {
        String revision = BrokerVersion.REVISION.isEmpty() ? "" : " (" + BrokerVersion.REVISION + ")";
        LOG.info("Webhook broker {}{} on Java {}", BrokerVersion.CURRENT, revision, Runtime.version());
        environment.lifecycle().manage(LogBudget.ofProcess());
        // First of all, as it refuses the start for what an operator has mistyped.
        Optional<ServerTls> tls = configuration.tls.build(clock);
        PrometheusRegistry metrics = new PrometheusRegistry();
        Database database = configuration.database.build(environment, configuration.intake.maxPayload.toBytes());
        Broker broker = new Broker(configuration, database, clock, metrics);
        if (configuration.database.isEmbedded()) {
            // The folder's lock says that no other node is alive: what an earlier run held is ours at once.
            broker.incarnation.endOthers();
        }
        environment.lifecycle().manage(broker);
        serve(broker, configuration, environment);
        // A node that is the only one of its database has nobody to leave its clients to.
        Drain drain = Drain.install(
                environment,
                configuration.database.isEmbedded()
                        ? Duration.ZERO
                        : configuration.getServerFactory().drain.toJavaDuration());
        configuration.ops.guardAdminPort(environment, configuration.outbound.userAgent);
        broker.auth
                .filter(auth -> configuration.auth.adminAuth)
                .ifPresent(auth ->
                        AdminKeys.install(environment, new KeyCheck(auth), configuration.auth.adminFree, broker.trail));
        RetentionTasks.register(environment, broker.registry, broker.pruner, broker.restorer);
        List<BackgroundLoop> loops = new ArrayList<>(broker.loops());
        tls.ifPresent(ports -> loops.add(ports.install(environment, metrics)));
        BackgroundLoop gauges = configuration.ops.register(
                environment,
                new OpsFactory.Watched(
                        broker.database.aside(),
                        broker.registry,
                        broker.deadLetters,
                        new SecretRotation(broker.stores.consumers(), clock),
                        broker.keys,
                        broker.trail,
                        broker.incarnation,
                        broker.dispatcher::isAskedAway,
                        broker.dispatcher::waiting,
                        drain::hasBegun,
                        loops),
                metrics);
        broker.purge.onDeletion(gauges::wake);
    }

    /** Also a port that the system picks is known before anybody could call it. */
    private static void keepToItself(Broker broker, Environment environment) {
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                if (starting instanceof Server server) {
                    for (Connector connector : server.getConnectors()) {
                        if (connector instanceof NetworkConnector listener) {
                            broker.own.listensOn(
                                    () -> listener.isOpen() ? listener.getLocalPort() : listener.getPort());
                        }
                    }
                }
            }
        });
    }

    private void serve(Broker broker, BrokerConfiguration configuration, Environment environment) {
        keepToItself(broker, environment);
        Intake intake = broker.intake;
        HttpRules.install(
                configuration,
                environment,
                broker.ids,
                configuration.gatewayAuth.build(intake.budget(), intake.limits(), clock),
                broker.auth
                        .<RouteGuard>map(auth -> new KeyGuard(new KeyCheck(auth)))
                        .orElse(RouteGuard.NONE));
        new ApiResources(broker.database, broker.registry, broker.ids, clock)
                .register(environment, features(broker), configuration.dispatch.tokenHeader);
    }

    /** Of the broker what its API uses. */
    public static ApiResources.Features features(Broker broker) {
        return new ApiResources.Features(
                broker.stores,
                broker.quotas,
                broker.intake,
                broker.schedule,
                broker.pull,
                broker.deadLetters,
                broker.purge,
                broker.callbacks,
                broker.tls);
    }
}
