package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Optional;
import java.util.function.Supplier;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.database.Xid;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.http.server.RequestHeaders;
import org.webhookbroker.job.Job;
import org.webhookbroker.job.JobReads;
import org.webhookbroker.job.JobState;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.RegistryLookup;

/** Who may see and change the jobs of a consumer: contract 6.1, in its order. Thread-safe. */
final class ConsumerAccess {
    private static final String NO_CONSUMER = "consumer could not be found";
    private static final String NO_JOB = "job could not be found";

    /** What a request gives to show that it may; for those that ask again later. */
    record Tokens(String ofChannel, String ofConsumer, Caller caller) {
        static Tokens of(ContainerRequestContext request) {
            return new Tokens(
                    RequestHeaders.first(request, BrokerHeaders.CHANNEL_TOKEN),
                    RequestHeaders.first(request, BrokerHeaders.CONSUMER_TOKEN),
                    Caller.of(request));
        }
    }

    private final RegistryLookup lookup;
    private final JobReads jobs;

    ConsumerAccess(RegistryLookup lookup, JobReads jobs) {
        this.lookup = lookup;
        this.jobs = jobs;
    }

    /** The consumer if both tokens are right (checks 1 to 4). */
    Consumer authenticated(String channelId, String consumerId, ContainerRequestContext request) {
        return authenticated(channelId, consumerId, Tokens.of(request), () -> Refusal.of(401, NO_CONSUMER));
    }

    /** The same for deleting dead letters (contract 6.9), where an unknown consumer is answered 404. */
    Consumer deleting(String channelId, String consumerId, ContainerRequestContext request) {
        return authenticated(channelId, consumerId, Tokens.of(request), Refusal::notFound);
    }

    private Consumer authenticated(String channelId, String consumerId, Tokens given, Supplier<Refusal> unknown) {
        Channel channel = ChannelAccess.require(lookup, channelId, given.caller(), given.ofChannel());
        Consumer consumer = lookup.consumer(channel, consumerId).orElseThrow(unknown);
        if (!given.caller().standsFor(given.ofConsumer()) && !lookup.tokenMatches(consumer, given.ofConsumer())) {
            throw given.caller().wrongToken(given.ofConsumer(), Refusal.of(403, "consumer token does not match"));
        }
        return consumer;
    }

    /** As {@link #authenticated}, for what only a pull consumer may ask (check 5). */
    Consumer pulling(String channelId, String consumerId, ContainerRequestContext request) {
        return pulling(channelId, consumerId, Tokens.of(request));
    }

    Consumer pulling(String channelId, String consumerId, Tokens given) {
        Consumer consumer = authenticated(channelId, consumerId, given, () -> Refusal.of(401, NO_CONSUMER));
        if (consumer.type() != ConsumerType.PULL) {
            throw Refusal.of(412, "consumer not pull based");
        }
        return consumer;
    }

    /** A dead job that is to be deleted. A job of another consumer is not found, even if that has the same id in another channel. */
    Job dead(Consumer consumer, String jobId) {
        return Xid.parse(jobId)
                .flatMap(jobs::find)
                .filter(job -> job.consumerId().equals(consumer.id()) && job.state() == JobState.DEAD)
                .orElseThrow(Refusal::notFound);
    }

    /** Checks 6 and 7. Where keys are on, a job of another channel is unknown. */
    Job job(Consumer consumer, String jobId, ContainerRequestContext request) {
        boolean all = !Caller.of(request).keysAreOn();
        Optional<Job> job =
                Xid.parse(jobId).flatMap(jobs::find).filter(found -> all || isOfChannel(found, consumer.channel()));
        if (job.isEmpty()) {
            throw Refusal.of(404, NO_JOB);
        }
        if (!job.get().consumerId().equals(consumer.id())) {
            throw Refusal.of(401, NO_JOB);
        }
        return job.get();
    }

    private boolean isOfChannel(Job job, Channel channel) {
        return lookup.consumer(job.consumerId())
                .filter(other -> other.channel().id().equals(channel.id()))
                .isPresent();
    }
}
