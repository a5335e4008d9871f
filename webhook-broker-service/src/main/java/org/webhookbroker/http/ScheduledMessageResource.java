package org.webhookbroker.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.api.ScheduledMessageResponse;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.Answers;
import org.webhookbroker.http.server.LateAnswer;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.http.server.RequestHeaders;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.RegistryLookup;
import org.webhookbroker.schedule.ScheduleChanges;
import org.webhookbroker.schedule.ScheduleState;
import org.webhookbroker.schedule.ScheduledKey;
import org.webhookbroker.schedule.ScheduledReads;

/** One scheduled message: contract 7.5. Cancelling and rescheduling are additions to it, for the producer alone. */
@Path("/channel/{channelId}/scheduled-message/{messageId}")
public final class ScheduledMessageResource {
    private final RegistryLookup lookup;
    private final ProducerAccess access;
    private final ScheduleRule rule;
    private final ScheduledReads messages;
    private final ScheduleChanges changes;
    private final PayloadAnswers answers;

    ScheduledMessageResource(
            RegistryLookup lookup,
            ScheduleRule rule,
            ScheduledReads messages,
            ScheduleChanges changes,
            PayloadAnswers answers) {
        this.lookup = lookup;
        this.access = new ProducerAccess(lookup);
        this.rule = rule;
        this.messages = messages;
        this.changes = changes;
        this.answers = answers;
    }

    @GET
    @Needs({Role.READ, Role.BROADCAST})
    @Produces(MediaType.APPLICATION_JSON)
    public void get(
            @PathParam("channelId") String channelId,
            @PathParam("messageId") String messageId,
            @Context HttpServletRequest servletRequest,
            @Suspended AsyncResponse response) {
        LateAnswer.to(servletRequest, response, answer -> {
            Channel channel = lookup.channel(channelId).orElseThrow(Refusal::notFound);
            answers.give(size(channel, messageId), answer, () -> view(channel, messageId));
        });
    }

    @DELETE
    @Needs(
            value = {Role.BROADCAST, Role.OPERATE},
            orTokens = true)
    public Response cancel(
            @PathParam("channelId") String channelId,
            @PathParam("messageId") String messageId,
            @Context ContainerRequestContext request) {
        ProducerAccess.Granted granted = access.require(channelId, request);
        ScheduledKey key = own(granted, messageId);
        require(ScheduleState.CANCELLED, changes.cancel(granted.channel().id(), key.id()));
        return Answers.empty(204).build();
    }

    @PUT
    @Needs(
            value = {Role.BROADCAST, Role.OPERATE},
            orTokens = true)
    @Produces(MediaType.APPLICATION_JSON)
    public void reschedule(
            @PathParam("channelId") String channelId,
            @PathParam("messageId") String messageId,
            @Context ContainerRequestContext request,
            @Context HttpServletRequest servletRequest,
            @Suspended AsyncResponse response) {
        LateAnswer.to(servletRequest, response, answer -> {
            ProducerAccess.Granted granted = access.require(channelId, request);
            Instant dueAt = rule.require(RequestHeaders.first(request, BrokerHeaders.SCHEDULED_FOR));
            ScheduledKey key = own(granted, messageId);
            Channel channel = granted.channel();
            answers.give(size(channel, messageId), answer, () -> {
                require(ScheduleState.SCHEDULED, changes.reschedule(key.id(), dueAt));
                return view(channel, messageId);
            });
        });
    }

    private int size(Channel channel, String messageId) {
        return messages.payloadSize(channel.id(), messageId).orElseThrow(Refusal::notFound);
    }

    private ScheduledMessageResponse view(Channel channel, String messageId) {
        return messages.find(channel.id(), messageId)
                .map(message -> ScheduledViews.of(message, lookup))
                .orElseThrow(Refusal::notFound);
    }

    private ScheduledKey own(ProducerAccess.Granted granted, String messageId) {
        ScheduledKey key = messages.key(granted.channel().id(), messageId).orElseThrow(Refusal::notFound);
        if (!key.producerId().equals(granted.producer().id())) {
            throw Refusal.of(403, "scheduled message belongs to another producer");
        }
        return key;
    }

    private static void require(ScheduleState wanted, ScheduleState actual) {
        if (actual != wanted) {
            throw Refusal.of(409, "scheduled message is " + actual);
        }
    }
}
