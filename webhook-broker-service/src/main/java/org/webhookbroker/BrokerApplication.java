package org.webhookbroker;

import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.dispatch.Dispatcher;
import org.webhookbroker.http.ApiResources;
import org.webhookbroker.http.server.HttpRules;
import org.webhookbroker.job.DeadLetterPurge;
import org.webhookbroker.job.DeadLetters;
import org.webhookbroker.job.RemovedConsumerJobs;
import org.webhookbroker.job.RetryPolicy;
import org.webhookbroker.message.Admission;
import org.webhookbroker.message.IntakeFactory.Intake;
import org.webhookbroker.ops.OpsFactory;
import org.webhookbroker.ops.RetentionTasks;
import org.webhookbroker.outbound.WebhookClient;
import org.webhookbroker.pull.PullFactory.Pull;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistryWriter;
import org.webhookbroker.retention.Pruner;
import org.webhookbroker.retention.Restorer;
import org.webhookbroker.schedule.Schedule;

/** The broker. What is managed first is stopped last, so {@link #run} goes from the database outwards. */
public final class BrokerApplication extends Application<BrokerConfiguration> {
    /** A token changed through another node is honoured within a second. */
    private static final Duration REGISTRY_WATCH = Duration.ofMillis(500);

    private final Clock clock;

    public BrokerApplication() {
        this(Clock.systemUTC());
    }

    public BrokerApplication(Clock clock) {
        this.clock = clock;
    }

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
        bootstrap.addCommand(new PruneCommand(System::exit));
    }

    @Override
    public void initialize(Bootstrap<BrokerConfiguration> bootstrap) {
        bootstrap.setConfigurationSourceProvider(new SubstitutingSourceProvider(
                bootstrap.getConfigurationSourceProvider(), new EnvironmentVariableSubstitutor(false, true)));
        bootstrap.addBundle(new SchemaBundle());
    }

    @Override
    public void run(BrokerConfiguration configuration, Environment environment) {
        XidGenerator ids = new XidGenerator(clock);
        PrometheusRegistry metrics = new PrometheusRegistry();

        Database database = configuration.database().build(environment);
        Registry registry = new Registry(database);
        registry.refresh();
        BackgroundLoop registryWatch = new BackgroundLoop("registry", REGISTRY_WATCH, () -> {
            registry.refresh();
            return false;
        });
        environment.lifecycle().manage(registryWatch);

        Incarnation incarnation = configuration.dispatch().incarnation(database, NodeName.ofThisProcess());
        if (configuration.database().isEmbedded()) {
            // The folder's lock says that no other node is alive: what an earlier run held is ours at once.
            incarnation.endOthers();
        }
        WebhookClient client = configuration.outbound().build(clock);
        RetryPolicy retryPolicy = configuration.retry().build(RandomGenerator.getDefault());
        Dispatcher dispatcher =
                configuration.dispatch().build(database, incarnation, ids, client, retryPolicy, metrics);
        dispatcher.follow(registry);
        environment.lifecycle().manage(dispatcher);

        Duration deliveryTimeout = configuration.dispatch().deliveryTimeout.toJavaDuration();
        Pull pull = configuration.pull().build(database, registry, incarnation, retryPolicy, deliveryTimeout, metrics);
        pull.loops().forEach(environment.lifecycle()::manage);

        Admission admission = pull.admission(dispatcher.admission());
        Intake intake = configuration.intake().build(database, registry, incarnation, admission, ids, clock);
        intake.register(metrics);
        environment.lifecycle().manage(intake);

        Schedule schedule = new Schedule(database, intake, incarnation, ids, metrics);
        environment.lifecycle().manage(schedule);

        DeadLetters deadLetters = new DeadLetters(database, registry, incarnation, admission::queued);
        DeadLetterPurge purge = new DeadLetterPurge(database, retryPolicy);
        BackgroundLoop seeding = configuration
                .seed()
                .build(
                        database,
                        incarnation,
                        new RegistryWriter(database, registry, ids, clock),
                        new RemovedConsumerJobs());
        environment.lifecycle().manage(seeding);
        HttpRules.install(
                configuration,
                environment,
                ids,
                configuration.gatewayAuth().build(intake.budget(), intake.limits(), clock));
        new ApiResources(database, registry, ids, clock)
                .register(
                        environment,
                        new ApiResources.Features(intake, schedule, pull, deadLetters, purge),
                        configuration.dispatch().tokenHeader);

        List<BackgroundLoop> loops = new ArrayList<>(dispatcher.loops());
        loops.addAll(pull.loops());
        loops.addAll(intake.loops());
        loops.addAll(schedule.loops());
        loops.add(registryWatch);
        loops.add(seeding);
        Pruner pruner = configuration.retention().pruner(database, registry, clock);
        configuration.retention().loop(pruner).ifPresent(pruning -> {
            environment.lifecycle().manage(pruning);
            loops.add(pruning.loop());
        });
        Restorer restorer = configuration.retention().restorer(database, registry, incarnation, ids, admission::queued);
        RetentionTasks.register(environment, registry, pruner, restorer);
        BackgroundLoop gauges = configuration
                .ops()
                .register(
                        environment,
                        new OpsFactory.Broker(database, registry, deadLetters, dispatcher::isAskedAway, loops),
                        metrics);
        purge.onDeletion(gauges::wake);
    }
}
