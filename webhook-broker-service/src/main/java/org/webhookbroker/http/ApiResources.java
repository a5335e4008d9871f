package org.webhookbroker.http;

import io.dropwizard.core.setup.Environment;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.eclipse.jetty.util.component.LifeCycle;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.http.server.HttpRules;
import org.webhookbroker.http.server.PayloadReader;
import org.webhookbroker.job.DeadLetterPurge;
import org.webhookbroker.job.DeadLetters;
import org.webhookbroker.job.JobCensus;
import org.webhookbroker.job.JobReads;
import org.webhookbroker.message.Intake;
import org.webhookbroker.message.MessageReads;
import org.webhookbroker.message.OwnHeaders;
import org.webhookbroker.outbound.CallbackCheck;
import org.webhookbroker.outbound.tls.TlsRules;
import org.webhookbroker.pull.PullFactory.Pull;
import org.webhookbroker.quota.Quotas;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistryLookup;
import org.webhookbroker.registry.RegistryStores;
import org.webhookbroker.registry.SecretRotation;
import org.webhookbroker.schedule.Schedule;
import org.webhookbroker.schedule.ScheduledReads;
import org.webhookbroker.seed.AppStateStore;

/** Every resource of the wire contract. */
public final class ApiResources {
    /** What the resources use. */
    public record Features(
            RegistryStores stores,
            Quotas quotas,
            Intake intake,
            Schedule schedule,
            Pull pull,
            DeadLetters deadLetters,
            DeadLetterPurge purge,
            CallbackCheck callbacks,
            TlsRules tls) {}

    /** Less than most clients wait for an answer. */
    private static final Duration LONGEST_BULK = Duration.ofSeconds(25);

    private final Database database;
    private final Registry registry;
    private final XidGenerator ids;
    private final InstantSource clock;
    private final BulkTurns turns;

    public ApiResources(Database database, Registry registry, XidGenerator ids, InstantSource clock) {
        this(database, registry, ids, clock, LONGEST_BULK);
    }

    /** @param longestBulk what goes through all dead jobs of a consumer ends after this time */
    ApiResources(Database database, Registry registry, XidGenerator ids, InstantSource clock, Duration longestBulk) {
        this.database = database;
        this.registry = registry;
        this.ids = ids;
        this.clock = clock;
        this.turns = new BulkTurns(longestBulk);
    }

    /** @param tokenHeader the header that carries a consumer's token: a producer may not set it as metadata */
    public void register(Environment environment, Features features, String tokenHeader) {
        Pull pull = features.pull();
        DeadLetters deadLetters = features.deadLetters();
        DeadLetterPurge purge = features.purge();
        RegistryLookup lookup = new RegistryLookup(registry);
        JobReads jobs = new JobReads(database);
        ConsumerAccess access = new ConsumerAccess(lookup, jobs);
        Database aside = database.aside();
        JobReads shownJobs = new JobReads(aside);
        MessageReads messages = new MessageReads(aside);
        ScheduledReads scheduled = new ScheduledReads(aside);
        ScheduleRule scheduleRule =
                new ScheduleRule(clock, features.intake().limits().minScheduleDelay());
        OwnHeaders own = new OwnHeaders(tokenHeader);
        BroadcastChecks checks = new BroadcastChecks(lookup, scheduleRule, ids, own);
        PulledJobViews pulled = new PulledJobViews(own);
        PayloadReader payloads =
                new PayloadReader(features.intake().budget(), features.intake().limits());
        ConsumerViews views = new ConsumerViews(clock);
        PayloadAnswers answers = new PayloadAnswers();
        environment.jersey().register(new NewlineAfterJson());
        HttpRules.serve(
                environment,
                new BroadcastResource(checks, features.quotas(), payloads, features.intake(), features.schedule()));
        List.of(
                        new ProducerResource(features.stores().producers()),
                        new ChannelResource(features.stores().channels()),
                        new ConsumerResource(
                                lookup,
                                features.stores().consumers(),
                                turns,
                                views,
                                features.callbacks(),
                                features.tls()),
                        new SecretResource(
                                access, new SecretRotation(features.stores().consumers(), clock), views),
                        new MessageResource(lookup, messages, shownJobs, answers),
                        new MessagesStatusResource(lookup, messages, scheduled),
                        new ScheduledMessageListResource(lookup, scheduled),
                        new ScheduledMessageResource(
                                lookup,
                                scheduleRule,
                                scheduled,
                                features.schedule().changes(),
                                answers),
                        new JobResource(lookup, access, messages, deadLetters, purge, pull.transitions()),
                        new QueuedJobsResource(access, pull.queue(), pulled),
                        new LeaseResource(access, pull, jobs, pulled),
                        new DeadLetterResource(lookup, shownJobs, messages, deadLetters, purge, turns),
                        new StatusResource(registry, new JobCensus(aside), new AppStateStore(aside)),
                        new OpenApiResource())
                .forEach(environment.jersey()::register);
        // Otherwise the server would wait for requests that wait for jobs.
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStopping(LifeCycle stopping) {
                pull.waiters().close();
            }
        });
    }
}
