package org.webhookbroker.http;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.webhookbroker.api.DeadJobsResponse;
import org.webhookbroker.api.DeletedResponse;
import org.webhookbroker.audit.Who;
import org.webhookbroker.auth.Role;
import org.webhookbroker.database.Xid;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.Answers;
import org.webhookbroker.http.server.Asker;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.job.DeadLetterPurge;
import org.webhookbroker.job.DeadLetters;
import org.webhookbroker.job.Job;
import org.webhookbroker.job.JobReads;
import org.webhookbroker.message.MessageKey;
import org.webhookbroker.message.MessageReads;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.RegistryLookup;

/** The dead letters of a consumer: contract 6.6, 6.7 and 6.9. */
@Path("/channel/{channelId}/consumer/{consumerId}/dlq")
public final class DeadLetterResource {
    private final RegistryLookup lookup;
    private final JobReads jobs;
    private final MessageReads messages;
    private final DeadLetters deadLetters;
    private final DeadLetterPurge purge;
    private final BulkTurns turns;
    private final ConsumerAccess access;

    DeadLetterResource(
            RegistryLookup lookup,
            JobReads jobs,
            MessageReads messages,
            DeadLetters deadLetters,
            DeadLetterPurge purge,
            BulkTurns turns) {
        this.lookup = lookup;
        this.jobs = jobs;
        this.messages = messages;
        this.deadLetters = deadLetters;
        this.purge = purge;
        this.turns = turns;
        this.access = new ConsumerAccess(lookup, jobs);
    }

    @GET
    @Needs({Role.READ, Role.CONSUME})
    @Produces(MediaType.APPLICATION_JSON)
    public DeadJobsResponse list(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @Context ContainerRequestContext request) {
        Consumer consumer = consumer(channelId, consumerId);
        Paging paging = Paging.of(request);
        Caller caller = Caller.of(request);
        List<Job> page = jobs.dead(consumer.id(), paging.page());
        Map<Xid, MessageKey> keys =
                messages.keys(page.stream().map(Job::messageId).toList());
        // A dead job keeps its message from being pruned, unless it was requeued and delivered just now.
        List<Job> shown =
                page.stream().filter(job -> keys.containsKey(job.messageId())).toList();
        return new DeadJobsResponse(
                shown.stream()
                        .map(job ->
                                JobViews.dead(caller, job, consumer, Objects.requireNonNull(keys.get(job.messageId()))))
                        .toList(),
                paging.links(page, job -> Cursor.of(job.id())));
    }

    /** Requeues all of them, for a client that knows the consumer's token. Only 202 says that none is left. */
    @POST
    @Needs(
            value = {Role.OPERATE, Role.CONSUME},
            orTokens = true)
    public Response requeueAll(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @Context ContainerRequestContext request)
            throws InterruptedException {
        FormBody.requireType(request);
        Consumer consumer = requeued(channelId, consumerId, request);
        Who who = Asker.of(request).as(consumer.target());
        boolean all = turns.takeOrRefuse(timeLeft -> deadLetters.requeueAll(consumer, timeLeft, who));
        if (!all) {
            throw Refusal.tryAgain(
                    "the oldest dead jobs are queued, but not all in the time of one request: repeat it for the rest");
        }
        return Answers.empty(202).build();
    }

    /** Deletes the exhausted ones, or as many of them as fit into the time of one request. */
    @DELETE
    @Needs(
            value = {Role.OPERATE, Role.CONSUME},
            orTokens = true)
    @Produces(MediaType.APPLICATION_JSON)
    public DeletedResponse purge(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @Context ContainerRequestContext request)
            throws InterruptedException {
        Consumer consumer = access.deleting(channelId, consumerId, request);
        Who who = Asker.of(request).as(consumer.target());
        return new DeletedResponse(turns.takeOrRefuse(timeLeft -> purge.purge(consumer, timeLeft, who)));
    }

    /** A stranger gets one answer, whether there is no such consumer or its token is another. */
    private Consumer requeued(String channelId, String consumerId, ContainerRequestContext request) {
        Caller caller = Caller.of(request);
        if (!caller.isStranger()) {
            consumer(channelId, consumerId);
        }
        String token = FormBody.read(request).first("requeue");
        return find(channelId, consumerId)
                .filter(consumer -> caller.standsFor(token) || lookup.tokenMatches(consumer, token))
                .orElseThrow(() ->
                        caller.wrongToken(token, Refusal.of(400, "`requeue` form param must match consumer token")));
    }

    private Consumer consumer(String channelId, String consumerId) {
        return find(channelId, consumerId).orElseThrow(Refusal::notFound);
    }

    private Optional<Consumer> find(String channelId, String consumerId) {
        return lookup.channel(channelId).flatMap(channel -> lookup.consumer(channel, consumerId));
    }
}
