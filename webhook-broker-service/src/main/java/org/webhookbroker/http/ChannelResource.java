package org.webhookbroker.http;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.webhookbroker.api.ChannelResponse;
import org.webhookbroker.api.ListResponse;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.Asker;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.EntryStore;

/** Contract 3, channels. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class ChannelResource {
    private static final String NEEDED =
            "Channel has consumers, messages or scheduled messages: remove its consumers, cancel what waits, and let"
                    + " pruning (`retention.messageDays`) take the rest";

    private final EntryStore<Channel> channels;

    ChannelResource(EntryStore<Channel> channels) {
        this.channels = channels;
    }

    @GET
    @Path("channels")
    @Needs(
            value = {Role.READ, Role.REGISTER},
            ofCovered = true)
    public ListResponse list(@Context ContainerRequestContext request) {
        Paging paging = Paging.of(request);
        List<Channel> page = channels.page(paging.page(), Caller.of(request).covered());
        return new ListResponse(
                page.stream().map(Links::channel).toList(),
                paging.links(page, channel -> new Cursor(channel.id(), channel.createdAt())));
    }

    @GET
    @Path("channel/{channelId}")
    @Needs({Role.READ, Role.REGISTER})
    public Response get(@Context ContainerRequestContext request, @PathParam("channelId") String id) {
        Channel channel = channels.find(id).orElseThrow(Refusal::notFound);
        return answer(channel, Caller.of(request).token(channel.token()));
    }

    @PUT
    @Path("channel/{channelId}")
    @Needs(Role.REGISTER)
    public Response put(@Context ContainerRequestContext request, @PathParam("channelId") String id) {
        return answer(request, EntryForm.write(request, id, false, channels));
    }

    @PATCH
    @Path("channel/{channelId}")
    @Needs(Role.REGISTER)
    public Response patch(@Context ContainerRequestContext request, @PathParam("channelId") String id) {
        return answer(request, EntryForm.write(request, id, true, channels));
    }

    @DELETE
    @Path("channel/{channelId}")
    @Needs(Role.REGISTER)
    public Response delete(@Context ContainerRequestContext request, @PathParam("channelId") String id) {
        return EntryForm.removed(channels.remove(id, EntryForm.condition(request), Asker.of(request)), NEEDED);
    }

    private static Response answer(ContainerRequestContext request, EntryForm.Written<Channel> written) {
        String token = written.entry().token();
        return answer(
                written.entry(),
                written.givesToken() ? token : Caller.of(request).token(token));
    }

    private static Response answer(Channel channel, String token) {
        String link = Links.channel(channel);
        return EntryForm.answer(
                channel,
                new ChannelResponse(
                        channel.publicId(),
                        channel.name(),
                        token,
                        channel.changedAt(),
                        link + "/consumers",
                        link + "/messages",
                        link + "/broadcast",
                        link + "/messages-status"));
    }
}
