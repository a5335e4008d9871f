package org.webhookbroker.http;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.webhookbroker.api.ConsumerResponse;
import org.webhookbroker.api.ListResponse;
import org.webhookbroker.http.server.Answers;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.http.server.RequestHeaders;
import org.webhookbroker.outbound.HostName;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerStore;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.ConsumerValues;
import org.webhookbroker.registry.JobCounts;
import org.webhookbroker.registry.RegistryLookup;
import org.webhookbroker.registry.Removal;
import org.webhookbroker.registry.Retries;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.registry.ValueRules;

/** Contract 3, the consumers of a channel. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class ConsumerResource {
    private static final String BAD_RETRIES =
            "Bad Request: " + Retries.RULE + "; leave them out for those of the configuration";

    private final RegistryLookup lookup;
    private final ConsumerStore consumers;
    private final BulkTurns turns;

    ConsumerResource(RegistryLookup lookup, ConsumerStore consumers, BulkTurns turns) {
        this.lookup = lookup;
        this.consumers = consumers;
        this.turns = turns;
    }

    @GET
    @Path("channel/{channelId}/consumers")
    public ListResponse list(@Context ContainerRequestContext request, @PathParam("channelId") String channelId) {
        Paging paging = Paging.of(request);
        List<Consumer> page = consumers.page(channel(channelId), paging.page());
        return new ListResponse(
                page.stream().map(Links::consumer).toList(),
                paging.links(page, consumer -> new Cursor(consumer.id(), consumer.createdAt())));
    }

    @GET
    @Path("channel/{channelId}/consumer/{consumerId}")
    public Response get(@PathParam("channelId") String channelId, @PathParam("consumerId") String id) {
        return answer(consumers.find(channel(channelId), id).orElseThrow(Refusal::notFound));
    }

    @PUT
    @Path("channel/{channelId}/consumer/{consumerId}")
    public Response put(
            @Context ContainerRequestContext request,
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String id) {
        FormBody.requireType(request);
        Channel channel = channel(channelId);
        UpdateCondition condition = condition(request);
        EntryForm.require(condition, consumers.find(channel, id));
        ConsumerValues values = values(channel, id, FormBody.read(request));
        return answer(EntryForm.written(consumers.put(values, condition)));
    }

    @DELETE
    @Path("channel/{channelId}/consumer/{consumerId}")
    public Response delete(
            @Context ContainerRequestContext request,
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String id)
            throws InterruptedException {
        Channel channel = channel(channelId);
        UpdateCondition condition = condition(request);
        boolean force = UrlEncoded.query(request).first("force").equals("true");
        Removal removal = force
                ? turns.takeOrRefuse(timeLeft -> consumers.remove(channel, id, condition, true, timeLeft))
                : consumers.remove(channel, id, condition, false, () -> true);
        return switch (removal.outcome()) {
            case REMOVED -> Answers.empty(204).build();
            case UNKNOWN -> throw Refusal.notFound();
            case CONDITION_MISSING -> throw Refusal.badRequest();
            case CONDITION_OUTDATED -> throw Refusal.preconditionFailed();
            case JOBS_LEFT ->
                throw Refusal.tryAgain(
                        "the consumer has more jobs than could be ended in the time of one request: repeat it for the rest");
            case HAS_JOBS -> throw Refusal.of(409, hasJobs(removal.jobs()));
        };
    }

    private Channel channel(String id) {
        return lookup.channel(id).orElseThrow(Refusal::notFound);
    }

    private static UpdateCondition condition(ContainerRequestContext request) {
        return UpdateCondition.unmodifiedSince(RequestHeaders.first(request, HttpHeaders.IF_UNMODIFIED_SINCE));
    }

    private static ConsumerValues values(Channel channel, String id, UrlEncoded form) {
        String callbackUrl = form.first("callbackUrl");
        if (!ValueRules.isAbsoluteUrl(callbackUrl)) {
            throw Refusal.badRequest();
        }
        ConsumerType type = ConsumerType.parse(form.first("type")).orElseThrow(Refusal::badRequest);
        EntryForm.refuseIf(ValueRules.callbackUrlSize(callbackUrl).or(() -> HostName.wrongIn(callbackUrl)));
        Retries retries = Retries.parse(
                        form.first("maxRetries"), form.first("retryDelays"), form.first("unreachableFor"))
                .orElseThrow(() -> Refusal.of(400, BAD_RETRIES));
        return new ConsumerValues(channel, EntryForm.values(id, form), callbackUrl, type, retries);
    }

    private static String hasJobs(JobCounts jobs) {
        return ("Consumer has jobs: %s QUEUED, %s INFLIGHT, %s DELIVERED, %s DEAD. "
                        + "Repeat with ?force=true to end the live ones and remove it")
                .formatted(jobs.queued(), jobs.inflight(), jobs.delivered(), jobs.dead());
    }

    private static Response answer(Consumer consumer) {
        return EntryForm.answer(
                consumer,
                new ConsumerResponse(
                        consumer.publicId(),
                        consumer.name(),
                        consumer.token(),
                        consumer.changedAt(),
                        consumer.callbackUrl(),
                        Links.consumer(consumer) + "/dlq",
                        consumer.type().wireName(),
                        consumer.retries().maxText(),
                        consumer.retries().delaysText(),
                        consumer.retries().unreachableForText()));
    }
}
