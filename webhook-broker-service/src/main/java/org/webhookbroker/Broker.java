package org.webhookbroker;

import io.dropwizard.lifecycle.Managed;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.auth.Auth;
import org.webhookbroker.auth.KeyDesk;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.Looping;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.StartRefusedException;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.dispatch.Dispatcher;
import org.webhookbroker.job.DeadLetterPurge;
import org.webhookbroker.job.DeadLetters;
import org.webhookbroker.job.QueueListener;
import org.webhookbroker.job.RemovedConsumerJobs;
import org.webhookbroker.job.RetryPolicy;
import org.webhookbroker.job.Section;
import org.webhookbroker.job.TallyFold;
import org.webhookbroker.job.WaitingLine;
import org.webhookbroker.message.ChannelUse;
import org.webhookbroker.message.Intake;
import org.webhookbroker.message.JobTakers;
import org.webhookbroker.outbound.CallbackCheck;
import org.webhookbroker.outbound.WebhookClient;
import org.webhookbroker.outbound.address.OwnListeners;
import org.webhookbroker.outbound.tls.TlsRules;
import org.webhookbroker.pull.PullFactory.Pull;
import org.webhookbroker.quota.Quotas;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistryStores;
import org.webhookbroker.registry.RegistryWriter;
import org.webhookbroker.retention.Pruner;
import org.webhookbroker.retention.Restorer;
import org.webhookbroker.schedule.Schedule;
import org.webhookbroker.secrets.SecretUnreadableException;

/**
 * One node without HTTP: wires the parts, starts and stops them, and lists their loops. No part works before
 * {@link #start}, so a test may start only the parts that it needs.
 */
public final class Broker implements Managed {
    /** A token that was changed through another node is honoured within a second. */
    private static final Duration REGISTRY_WATCH = Duration.ofMillis(500);

    private static final Duration CERTIFICATE_WATCH = Duration.ofSeconds(10);

    public final Database database;
    public final XidGenerator ids;
    public final AuditTrail trail;
    public final Registry registry;
    public final RegistryStores stores;
    public final Incarnation incarnation;
    public final Dispatcher dispatcher;
    public final Pull pull;
    public final Quotas quotas;
    public final Intake intake;
    public final Schedule schedule;
    public final DeadLetters deadLetters;
    public final DeadLetterPurge purge;
    public final Pruner pruner;
    public final Restorer restorer;
    public final KeyDesk keys;
    /** Empty if requests need no key. */
    public final Optional<Auth> auth;

    /** Never called; whoever listens for this node adds its ports. */
    public final OwnListeners own = new OwnListeners();

    /** What is laid down for TLS with consumers. */
    public final TlsRules tls;

    public final CallbackCheck callbacks;

    /** In the order of their start: each after the parts that it needs. */
    private final List<Looping> parts = new ArrayList<>();

    public Broker(BrokerConfiguration configuration, Database database, Clock clock, PrometheusRegistry metrics) {
        this.database = database;
        ids = new XidGenerator(clock);
        trail = new AuditTrail(database.aside());
        configuration.secrets.keys().installOn(database);
        registry = new Registry(database);
        load(registry);
        stores = new RegistryStores(
                database.aside(),
                new RegistryWriter(database.aside(), registry, ids, clock, configuration.registry.limit(), trail),
                new RemovedConsumerJobs(),
                new ChannelUse());
        incarnation = configuration.dispatch.incarnation(database, NodeName.ofThisProcess());

        database.servers().forEach(server -> own.hasDatabaseAt(server.getHostString(), server.getPort()));
        tls = configuration.outbound.tlsRules(clock);
        RetryPolicy retryPolicy = configuration.retry.build(RandomGenerator.getDefault());
        WebhookClient client = configuration.outbound.build(clock, tls, own);
        callbacks = client.callbackCheck();
        dispatcher = configuration.dispatch.build(database, incarnation, ids, clock, client, retryPolicy, metrics);
        Duration deliveryTimeout = configuration.dispatch.deliveryTimeout.toJavaDuration();
        pull = configuration.pull.build(database, registry, incarnation, retryPolicy, deliveryTimeout, metrics);
        QueueListener queue = (consumer, priority) -> {
            dispatcher.admission().queued(consumer, priority);
            pull.waiters().queued(consumer.id(), List.of(new Section(WaitingLine.FIRST, priority)));
        };

        // Not aside: whoever keeps those places busy with reads would keep full what has room again.
        quotas = configuration.quotas.build(
                database,
                registry,
                configuration.intake.maxPayload.toBytes(),
                configuration.intake.maxBytesInMemory.toBytes(),
                metrics);
        JobTakers takers = new JobTakers(dispatcher.admission(), queue);
        intake = configuration.intake.build(database, registry, incarnation, takers, ids, clock);
        intake.register(metrics);
        schedule = new Schedule(database, registry, intake, incarnation, ids, metrics);

        deadLetters = new DeadLetters(database.aside(), registry, incarnation, queue, trail);
        purge = new DeadLetterPurge(database.aside(), retryPolicy, trail);
        pruner = configuration.retention.pruner(
                database.aside(), registry, clock, trail, configuration.secrets.redactHeaders);
        restorer = configuration.retention.restorer(database.aside(), registry, incarnation, ids, queue, trail);

        keys = new KeyDesk(database.aside(), ids, clock);
        auth = configuration.auth.build(database, clock, metrics);

        parts.add(registryWatch());
        auth.ifPresent(parts::add);
        if (tls.hasFiles()) {
            parts.add(certificateWatch());
        }
        // Before all that count, so that it stops after them.
        parts.add(new TallyFold(database, incarnation));
        parts.add(dispatcher);
        parts.add(pull);
        parts.add(quotas);
        parts.add(intake);
        parts.add(schedule);
        parts.add(configuration.seed.build(database, incarnation, stores, callbacks));
        parts.add(configuration.audit.retention(database.aside(), trail));
        configuration.retention.loop(pruner).ifPresent(parts::add);
    }

    private static void load(Registry registry) {
        try {
            registry.refresh();
        } catch (SecretUnreadableException unreadable) {
            throw new StartRefusedException(unreadable.reason(), unreadable);
        }
    }

    private BackgroundLoop registryWatch() {
        return new BackgroundLoop("registry", REGISTRY_WATCH, () -> {
            registry.refresh();
            return false;
        });
    }

    /** Also certificates that live for an hour are renewed long before they end. */
    private BackgroundLoop certificateWatch() {
        return new BackgroundLoop("consumer-tls", CERTIFICATE_WATCH, () -> {
            tls.look();
            return false;
        });
    }

    /** Those of all parts, for health checks. */
    public List<BackgroundLoop> loops() {
        return parts.stream().flatMap(part -> part.loops().stream()).toList();
    }

    /** Lanes follow the registry only from here on: without a lane, no job is taken into memory. */
    @Override
    public void start() throws Exception {
        dispatcher.follow(registry);
        try {
            for (Looping part : parts) {
                part.start();
            }
        } catch (Exception failure) {
            stopAfter(failure);
            throw failure;
        }
    }

    /** Parts that had started must not run on in a broker that has not. */
    private void stopAfter(Exception failure) {
        try {
            stop();
        } catch (Exception another) {
            failure.addSuppressed(another);
        }
    }

    /**
     * Call it once no request comes any more. The part that was started last stops first, so that intake commits what it has
     * accepted while dispatch still runs. If a part fails to stop, the others are stopped nevertheless.
     */
    @Override
    public void stop() throws Exception {
        Exception failure = null;
        for (int i = parts.size() - 1; i >= 0; i--) {
            try {
                parts.get(i).stop();
            } catch (Exception thrown) {
                if (failure == null) {
                    failure = thrown;
                } else {
                    failure.addSuppressed(thrown);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
