package org.webhookbroker.http;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.testing.DropwizardTestSupport;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.http.server.GatewayAuthFactory;
import org.webhookbroker.http.server.HttpRules;
import org.webhookbroker.http.server.PayloadReader;
import org.webhookbroker.job.DeadLetterPurge;
import org.webhookbroker.job.DeadLetters;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.JobCensus;
import org.webhookbroker.job.JobReads;
import org.webhookbroker.job.LeaseStore;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.RemovedConsumerJobs;
import org.webhookbroker.job.RetryFactory;
import org.webhookbroker.job.SettleStore;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.message.Admission;
import org.webhookbroker.message.IntakeFactory;
import org.webhookbroker.message.MessageReads;
import org.webhookbroker.pull.PullFactory;
import org.webhookbroker.pull.PullFactory.Pull;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerStore;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.ConsumerValues;
import org.webhookbroker.registry.EntryStore;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistryLookup;
import org.webhookbroker.registry.RegistryWriter;
import org.webhookbroker.registry.Retries;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.schedule.Schedule;
import org.webhookbroker.schedule.ScheduledReads;
import org.webhookbroker.seed.AppStateStore;
import org.webhookbroker.testing.QueueEverything;
import org.webhookbroker.testing.QuickStop;

/**
 * One node over real HTTP, which accepts and shows but does not deliver. It knows channel {@code c1} (token {@code ct}) and
 * producer {@code p1} (token {@code pt}). Its intake commits only once started.
 */
final class TestNode implements AutoCloseable {
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-24T22:20:00Z"));

    private static final Duration LONGEST_BULK = Duration.ofMinutes(1);
    private static final io.dropwizard.util.Duration IDLE_TIMEOUT = io.dropwizard.util.Duration.seconds(30);

    final Database database;
    final Registry registry;
    final ConsumerStore consumers;
    final Incarnation incarnation;
    final IntakeFactory.Intake intake;
    final Pull pull;
    final Schedule schedule;
    private final BulkTurns turns;
    private final XidGenerator ids = new XidGenerator(InstantSource.system());
    private final DropwizardTestSupport<Configuration> server;

    TestNode(Database database) {
        this(database, new IntakeFactory());
    }

    TestNode(Database database, IntakeFactory factory) {
        this(database, factory, new PullFactory(), IDLE_TIMEOUT, new GatewayAuthFactory(), LONGEST_BULK);
    }

    TestNode(Database database, PullFactory pulling) {
        this(database, new IntakeFactory(), pulling, IDLE_TIMEOUT, new GatewayAuthFactory(), LONGEST_BULK);
    }

    /** @param idleTimeout after which a connection on which nothing happens is closed */
    TestNode(Database database, IntakeFactory factory, io.dropwizard.util.Duration idleTimeout) {
        this(database, factory, new PullFactory(), idleTimeout, new GatewayAuthFactory(), LONGEST_BULK);
    }

    /** @param gateway on {@link #CLOCK} too */
    TestNode(Database database, IntakeFactory factory, GatewayAuthFactory gateway) {
        this(database, factory, new PullFactory(), IDLE_TIMEOUT, gateway, LONGEST_BULK);
    }

    /** @param longestBulk what goes through all dead jobs of a consumer ends after this time */
    TestNode(Database database, Duration longestBulk) {
        this(database, new IntakeFactory(), new PullFactory(), IDLE_TIMEOUT, new GatewayAuthFactory(), longestBulk);
    }

    private TestNode(
            Database database,
            IntakeFactory factory,
            PullFactory pulling,
            io.dropwizard.util.Duration idleTimeout,
            GatewayAuthFactory gateway,
            Duration longestBulk) {
        this.database = database;
        turns = new BulkTurns(longestBulk);
        registry = new Registry(database);
        RegistryWriter writer = new RegistryWriter(database, registry, ids, InstantSource.system());
        consumers = new ConsumerStore(database, writer, new RemovedConsumerJobs());
        incarnation = new Incarnation(database, "test", Duration.ofMinutes(5));
        incarnation.begin();
        EntryStore.channels(database, writer).put(new EntryValues("c1", "Chan", "ct"), UpdateCondition.none());
        EntryStore.producers(database, writer).put(new EntryValues("p1", "Prod", "pt"), UpdateCondition.none());
        pull = pulling.build(
                database,
                registry,
                incarnation,
                new RetryFactory().build(new Random(1)),
                Duration.ofSeconds(30),
                new PrometheusRegistry());
        Admission admission = pull.admission(new QueueEverything());
        intake = factory.build(database, registry, incarnation, admission, ids, InstantSource.system());
        schedule = new Schedule(database, intake, incarnation, ids, new PrometheusRegistry());
        server = serve(idleTimeout, new Application<>() {
            @Override
            public void run(Configuration configuration, Environment environment) {
                HttpRules.install(
                        configuration, environment, ids, gateway.build(intake.budget(), intake.limits(), CLOCK));
                register(environment);
            }
        });
    }

    TestNode started() {
        intake.start();
        pull.loops().forEach(BackgroundLoop::start);
        schedule.start();
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
                        UpdateCondition.none())
                .entry();
    }

    List<LeasedJob> lease(Consumer consumer, int wanted) {
        return database.inTransaction(handle -> new LeaseStore()
                .lease(handle, consumer.id(), incarnation.id(), wanted, job -> LeaseStore.Choice.TAKE)
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

    private void register(Environment environment) {
        RegistryLookup lookup = new RegistryLookup(registry);
        JobReads jobs = new JobReads(database);
        ConsumerAccess access = new ConsumerAccess(lookup, jobs);
        MessageReads messages = new MessageReads(database);
        DeadLetters deadLetters = new DeadLetters(database, registry, incarnation, (consumer, priority) -> {});
        DeadLetterPurge purge = new DeadLetterPurge(database, new RetryFactory().build(new Random(1)));
        ScheduledReads scheduled = new ScheduledReads(database);
        PayloadAnswers answers = new PayloadAnswers();
        ScheduleRule rule = new ScheduleRule(CLOCK, Duration.ofMinutes(2));
        List.of(
                        new BroadcastResource(
                                new BroadcastChecks(lookup, rule, ids, "X-Broker-Consumer-Token"),
                                new PayloadReader(intake.budget(), intake.limits()),
                                intake.broadcast(),
                                schedule),
                        new MessageResource(lookup, messages, jobs, answers),
                        new MessagesStatusResource(lookup, messages, scheduled),
                        new ScheduledMessageListResource(lookup, scheduled),
                        new ScheduledMessageResource(lookup, rule, scheduled, schedule.changes(), answers),
                        new JobResource(lookup, access, messages, deadLetters, purge, pull.transitions()),
                        new QueuedJobsResource(access, pull.queue()),
                        new LeaseResource(access, pull, jobs),
                        new DeadLetterResource(lookup, jobs, messages, deadLetters, purge, turns),
                        new StatusResource(registry, new JobCensus(database), new AppStateStore(database)))
                .forEach(environment.jersey()::register);
    }

    private static DropwizardTestSupport<Configuration> serve(
            io.dropwizard.util.Duration idleTimeout, Application<Configuration> application) {
        Configuration configuration = new Configuration();
        DefaultServerFactory factory = (DefaultServerFactory) configuration.getServerFactory();
        // Else Jetty would unpack payloads.
        factory.getGzipFilterFactory().setEnabled(false);
        HttpConnectorFactory connector =
                (HttpConnectorFactory) factory.getApplicationConnectors().get(0);
        connector.setPort(0);
        connector.setIdleTimeout(idleTimeout);
        ((HttpConnectorFactory) factory.getAdminConnectors().get(0)).setPort(0);
        Support support = new Support(configuration, application);
        try {
            support.before();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
        return support;
    }

    private static final class Support extends DropwizardTestSupport<Configuration> {
        private final Application<Configuration> served;

        Support(Configuration configuration, Application<Configuration> application) {
            super(Unused.class, configuration);
            served = application;
            addListener(new QuickStop<>());
        }

        @Override
        public Application<Configuration> newApplication() {
            return served;
        }
    }

    /** Only names the type. */
    abstract static class Unused extends Application<Configuration> {}

    @Override
    public void close() {
        pull.waiters().close();
        server.after();
        try {
            schedule.stop();
            intake.stop();
            for (BackgroundLoop loop : pull.loops()) {
                loop.stop();
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
