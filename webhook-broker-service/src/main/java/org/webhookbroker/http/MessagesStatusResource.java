package org.webhookbroker.http;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.TreeMap;
import org.webhookbroker.api.MessagesStatusResponse;
import org.webhookbroker.api.MessagesStatusResponse.Count;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.message.MessageReads;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.RegistryLookup;
import org.webhookbroker.schedule.ScheduleState;
import org.webhookbroker.schedule.ScheduleTallyStore.Standing;
import org.webhookbroker.schedule.ScheduledReads;

/** How many messages of a channel there are, from counters: contract 7.3. */
@Path("/channel/{channelId}/messages-status")
@Produces(MediaType.APPLICATION_JSON)
public final class MessagesStatusResource {
    private final RegistryLookup lookup;
    private final MessageReads messages;
    private final ScheduledReads scheduled;

    MessagesStatusResource(RegistryLookup lookup, MessageReads messages, ScheduledReads scheduled) {
        this.lookup = lookup;
        this.messages = messages;
        this.scheduled = scheduled;
    }

    /** An unknown channel has no messages either. */
    @GET
    @Needs({Role.READ, Role.BROADCAST})
    public MessagesStatusResponse status(@PathParam("channelId") String channelId) {
        return lookup.channel(channelId).map(this::status).orElse(new MessagesStatusResponse(Map.of(), null));
    }

    private MessagesStatusResponse status(Channel channel) {
        String path = Links.channel(channel);
        Map<String, Count> counts = new TreeMap<>();
        put(
                counts,
                MessageResource.DISPATCHED,
                messages.stored(channel.id()),
                path + "/messages?status=" + MessageResource.DISPATCHED_CODE);
        Standing standing = scheduled.standing(channel.id());
        for (ScheduleState state : ScheduleState.values()) {
            put(
                    counts,
                    "SCHEDULED_" + state,
                    standing.totals().in(state),
                    path + "/scheduled-messages?status=" + state.code());
        }
        return new MessagesStatusResponse(counts, standing.nextDue());
    }

    private static void put(Map<String, Count> counts, String name, long count, String link) {
        if (count != 0) {
            counts.put(name, new Count(count, Map.of("messages", link)));
        }
    }
}
