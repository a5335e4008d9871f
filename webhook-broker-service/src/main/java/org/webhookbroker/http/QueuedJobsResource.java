package org.webhookbroker.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.regex.Pattern;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.LateAnswer;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.pull.PullQueue;
import org.webhookbroker.pull.PulledJobs;
import org.webhookbroker.registry.Consumer;

/** What waits for a pull consumer: contract 6.2. */
@Path("/channel/{channelId}/consumer/{consumerId}/queued-jobs")
public final class QueuedJobsResource {
    private static final int DEFAULT = 25;
    private static final int MAX = 100;
    /** At most 18 digits, which always fit into 64 bits. */
    private static final Pattern INTEGER = Pattern.compile("[+-]?0*[0-9]{1,18}");

    private final ConsumerAccess access;
    private final PullQueue queue;
    private final PulledJobViews views;

    QueuedJobsResource(ConsumerAccess access, PullQueue queue, PulledJobViews views) {
        this.access = access;
        this.queue = queue;
        this.views = views;
    }

    /** Asynchronous only to know when the answer is written, so that its memory can be given back. */
    @GET
    @Needs(
            value = {Role.READ, Role.CONSUME},
            orTokens = true)
    @Produces(MediaType.APPLICATION_JSON)
    public void queued(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @Context ContainerRequestContext request,
            @Context HttpServletRequest servletRequest,
            @Suspended AsyncResponse response) {
        LateAnswer.to(servletRequest, response, answer -> {
            Consumer consumer = access.pulling(channelId, consumerId, request);
            give(consumer, limit(UrlEncoded.query(request).first("limit")), answer);
        });
    }

    private void give(Consumer consumer, int limit, LateAnswer answer) {
        try (PulledJobs jobs = queue.look(consumer, limit)) {
            if (jobs.isRefused()) {
                throw LeaseResource.noMemory(answer);
            }
            answer.holds(LeaseResource.MEMORY);
            answer.give(views.queued(jobs));
        }
    }

    private static int limit(String given) {
        if (given.isEmpty()) {
            return DEFAULT;
        }
        long limit = INTEGER.matcher(given).matches() ? Long.parseLong(given) : -1;
        if (limit < 0) {
            throw Refusal.of(400, "invalid query parameter");
        }
        return (int) Math.min(limit, MAX);
    }
}
