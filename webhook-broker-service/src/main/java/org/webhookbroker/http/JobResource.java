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
import java.util.Optional;
import org.webhookbroker.api.JobResponse;
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
import org.webhookbroker.job.JobState;
import org.webhookbroker.message.MessageKey;
import org.webhookbroker.message.MessageReads;
import org.webhookbroker.pull.PullTransitions;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.RegistryLookup;

/** One job, for its consumer: contract 6.3 to 6.5 and 6.10. */
@Path("/channel/{channelId}/consumer/{consumerId}/job/{jobId}")
public final class JobResource {
    private static final String NO_JOB = "job could not be found";

    private final ConsumerAccess access;
    private final MessageReads messages;
    private final DeadLetters deadLetters;
    private final DeadLetterPurge purge;
    private final PullTransitions transitions;
    private final JobViews views;

    JobResource(
            RegistryLookup lookup,
            ConsumerAccess access,
            MessageReads messages,
            DeadLetters deadLetters,
            DeadLetterPurge purge,
            PullTransitions transitions) {
        this.access = access;
        this.transitions = transitions;
        this.messages = messages;
        this.deadLetters = deadLetters;
        this.purge = purge;
        this.views = new JobViews(lookup);
    }

    @GET
    @Needs(
            value = {Role.READ, Role.CONSUME},
            orTokens = true)
    @Produces(MediaType.APPLICATION_JSON)
    public JobResponse job(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @PathParam("jobId") String jobId,
            @Context ContainerRequestContext request) {
        Consumer consumer = access.pulling(channelId, consumerId, request);
        Job job = access.job(consumer, jobId, request);
        MessageKey message = Optional.ofNullable(
                        messages.keys(List.of(job.messageId())).get(job.messageId()))
                .orElseThrow(() -> Refusal.of(404, NO_JOB));
        return views.alone(Caller.of(request), job, consumer, message);
    }

    /** A job that is in the wanted state already stays as it is. */
    @POST
    @Needs(value = Role.CONSUME, orTokens = true)
    public Response change(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @PathParam("jobId") String jobId,
            @Context ContainerRequestContext request) {
        Consumer consumer = access.pulling(channelId, consumerId, request);
        Job job = access.job(consumer, jobId, request);
        StateChange change = StateChange.read(request);
        boolean begins = change.isTo(JobState.INFLIGHT) && job.state() != JobState.INFLIGHT;
        if (change.timeout() != 0 && !begins) {
            throw Refusal.of(400, "timeout provided with invalid state");
        }
        boolean holds = change.isTo(job.state());
        boolean changed = !holds
                && change.next()
                        .filter(next -> transitions.move(consumer, job, next, change.timeout()))
                        .isPresent();
        if (!holds && !changed) {
            throw Refusal.of(400, "invalid transition request");
        }
        return Answers.empty(202).build();
    }

    @DELETE
    @Needs(
            value = {Role.OPERATE, Role.CONSUME},
            orTokens = true)
    public Response delete(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @PathParam("jobId") String jobId,
            @Context ContainerRequestContext request) {
        Consumer consumer = access.deleting(channelId, consumerId, request);
        Xid dead = access.dead(consumer, jobId).id();
        if (!purge.delete(consumer, dead, Asker.of(request).as(consumer.target()))) {
            throw Refusal.of(404, "job is not dead or retry not exhausted");
        }
        return Answers.empty(204).build();
    }

    /** Also for push consumers, whose dead letters carry this link as well. */
    @POST
    @Path("/requeue-dead-job")
    @Needs(
            value = {Role.OPERATE, Role.CONSUME},
            orTokens = true)
    public Response requeue(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @PathParam("jobId") String jobId,
            @Context ContainerRequestContext request) {
        Consumer consumer = access.authenticated(channelId, consumerId, request);
        Job job = access.job(consumer, jobId, request);
        Who who = Asker.of(request).as(consumer.target());
        if (job.state() != JobState.DEAD || !deadLetters.requeue(consumer, job.id(), who)) {
            throw Refusal.of(400, NO_JOB);
        }
        return Answers.empty(202).build();
    }
}
