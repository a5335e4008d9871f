package org.webhookbroker.http;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.webhookbroker.api.ScheduledMessagesResponse;
import org.webhookbroker.auth.Role;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.RegistryLookup;
import org.webhookbroker.schedule.ScheduleState;
import org.webhookbroker.schedule.ScheduledKey;
import org.webhookbroker.schedule.ScheduledReads;

/** Contract 7.4. Unlike with messages, only the first value of the filter counts. */
@Path("/channel/{channelId}/scheduled-messages")
@Produces(MediaType.APPLICATION_JSON)
public final class ScheduledMessageListResource {
    private final RegistryLookup lookup;
    private final ScheduledReads messages;

    ScheduledMessageListResource(RegistryLookup lookup, ScheduledReads messages) {
        this.lookup = lookup;
        this.messages = messages;
    }

    @GET
    @Needs(Role.READ)
    public ScheduledMessagesResponse list(
            @PathParam("channelId") String channelId, @Context ContainerRequestContext request) {
        Channel channel = lookup.channel(channelId).orElseThrow(Refusal::notFound);
        Paging paging = Paging.of(request);
        Optional<Integer> status =
                Numbers.parse(UrlEncoded.query(request).first("status")).findFirst();
        List<ScheduledKey> page = page(channel, status, paging.page());
        return new ScheduledMessagesResponse(
                paging.links(page, message -> Cursor.of(message.id())),
                page.stream()
                        .map(message -> Links.scheduledMessage(channel, message.publicId()))
                        .toList());
    }

    /** A state that does not exist has no messages. */
    private List<ScheduledKey> page(Channel channel, Optional<Integer> status, PageRequest page) {
        if (status.isEmpty()) {
            return messages.page(channel.id(), page);
        }
        return ScheduleState.of(status.get())
                .map(state -> messages.page(channel.id(), state, page))
                .orElse(List.of());
    }
}
