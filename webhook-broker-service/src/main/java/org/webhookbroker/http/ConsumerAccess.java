package org.webhookbroker.http;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.database.Xid;
import org.webhookbroker.delivery.Job;
import org.webhookbroker.delivery.JobReads;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.RegistryLookup;

/** Who may see and change the jobs of a consumer: contract 6.1, in its order. Thread-safe. */
public final class ConsumerAccess {
    private static final String NO_JOB = "job could not be found";

    private final RegistryLookup lookup;
    private final JobReads jobs;

    public ConsumerAccess(RegistryLookup lookup, JobReads jobs) {
        this.lookup = lookup;
        this.jobs = jobs;
    }

    /** The consumer if both tokens are right (checks 1 to 4). */
    Consumer authenticated(String channelId, String consumerId, HttpHeaders headers) {
        Channel channel = lookup.channel(channelId).orElseThrow(() -> new WebApplicationException(Answers.notFound()));
        if (!lookup.tokenMatches(channel, first(headers, BrokerHeaders.CHANNEL_TOKEN))) {
            throw refused(Status.FORBIDDEN, "channel token does not match");
        }
        Consumer consumer = lookup.consumer(channel, consumerId)
                .orElseThrow(() -> refused(Status.UNAUTHORIZED, "consumer could not be found"));
        if (!lookup.tokenMatches(consumer, first(headers, BrokerHeaders.CONSUMER_TOKEN))) {
            throw refused(Status.FORBIDDEN, "consumer token does not match");
        }
        return consumer;
    }

    /** As {@link #authenticated}, for what makes sense only with a pull consumer (check 5). */
    Consumer pulling(String channelId, String consumerId, HttpHeaders headers) {
        Consumer consumer = authenticated(channelId, consumerId, headers);
        if (consumer.type() != ConsumerType.PULL) {
            throw refused(Status.PRECONDITION_FAILED, "consumer not pull based");
        }
        return consumer;
    }

    /** Checks 6 and 7. */
    Job job(Consumer consumer, String jobId) {
        Optional<Job> job = Xid.parse(jobId).flatMap(jobs::find);
        if (job.isEmpty()) {
            throw refused(Status.NOT_FOUND, NO_JOB);
        }
        if (!job.get().consumerId().equals(consumer.id())) {
            throw refused(Status.UNAUTHORIZED, NO_JOB);
        }
        return job.get();
    }

    static WebApplicationException refused(Response.StatusType status, String text) {
        return new WebApplicationException(Answers.text(status, text));
    }

    private static @Nullable String first(HttpHeaders headers, String name) {
        return HeaderText.decodeIfAny(headers.getRequestHeaders().getFirst(name));
    }
}
