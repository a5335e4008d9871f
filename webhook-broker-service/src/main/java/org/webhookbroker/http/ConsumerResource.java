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
import java.util.Optional;
import org.webhookbroker.api.ListResponse;
import org.webhookbroker.audit.Who;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.Asker;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.outbound.CallRoute;
import org.webhookbroker.outbound.CallbackCheck;
import org.webhookbroker.outbound.HostName;
import org.webhookbroker.outbound.tls.TlsRules;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerRoute;
import org.webhookbroker.registry.ConsumerStore;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.ConsumerValues;
import org.webhookbroker.registry.JobCounts;
import org.webhookbroker.registry.RegistryLookup;
import org.webhookbroker.registry.Removal;
import org.webhookbroker.registry.Retries;
import org.webhookbroker.registry.Signing;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.registry.ValueRules;

/** Contract 3, the consumers of a channel. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class ConsumerResource {
    private static final String BAD_RETRIES =
            "Bad Request: " + Retries.RULE + "; leave them out for those of the configuration";
    private static final String BAD_URL =
            "Bad Request: `callbackUrl` is missing, or is no absolute URL; begin it with http:// or https://";
    private static final String BAD_TYPE = "Bad Request: `type` is neither push nor pull; leave it out for push";

    private final RegistryLookup lookup;
    private final ConsumerStore consumers;
    private final BulkTurns turns;
    private final ConsumerViews views;
    private final CallbackCheck callbacks;
    private final TlsRules tls;

    ConsumerResource(
            RegistryLookup lookup,
            ConsumerStore consumers,
            BulkTurns turns,
            ConsumerViews views,
            CallbackCheck callbacks,
            TlsRules tls) {
        this.lookup = lookup;
        this.consumers = consumers;
        this.turns = turns;
        this.views = views;
        this.callbacks = callbacks;
        this.tls = tls;
    }

    @GET
    @Path("channel/{channelId}/consumers")
    @Needs({Role.READ, Role.REGISTER})
    public ListResponse list(@Context ContainerRequestContext request, @PathParam("channelId") String channelId) {
        Paging paging = Paging.of(request);
        List<Consumer> page = consumers.page(channel(channelId), paging.page());
        return new ListResponse(
                page.stream().map(Links::consumer).toList(),
                paging.links(page, consumer -> new Cursor(consumer.id(), consumer.createdAt())));
    }

    @GET
    @Path("channel/{channelId}/consumer/{consumerId}")
    @Needs({Role.READ, Role.REGISTER})
    public Response get(
            @Context ContainerRequestContext request,
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String id) {
        return views.of(
                Caller.of(request), consumers.find(channel(channelId), id).orElseThrow(Refusal::notFound));
    }

    @PUT
    @Path("channel/{channelId}/consumer/{consumerId}")
    @Needs(Role.REGISTER)
    public Response put(
            @Context ContainerRequestContext request,
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String id) {
        return write(request, channelId, id, false);
    }

    @PATCH
    @Path("channel/{channelId}/consumer/{consumerId}")
    @Needs(Role.REGISTER)
    public Response patch(
            @Context ContainerRequestContext request,
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String id) {
        return write(request, channelId, id, true);
    }

    private Response write(ContainerRequestContext request, String channelId, String id, boolean part) {
        FormBody.requireType(request);
        Channel channel = channel(channelId);
        UpdateCondition condition = EntryForm.condition(request);
        Optional<Consumer> existing = consumers.find(channel, id);
        EntryForm.require(condition, existing, part);
        UrlEncoded form = FormBody.read(request);
        Caller caller = Caller.of(request);
        EntryForm.refuseIf(caller.givenBack(form.first("token"), form.first("callbackUrl")));
        Optional<Signing> signed = existing.map(Consumer::signing);
        ConsumerValues values = values(channel, id, form, part ? existing : Optional.empty())
                .signedBy(SigningForm.read(form, signed, part))
                .routedBy(RouteForm.read(form, existing.map(Consumer::route), tls, caller));
        RouteForm.requirePlace(existing, values.callbackUrl(), caller);
        EntryForm.refuseIf(refused(values, part && !form.has("callbackUrl")));
        // A PUT keeps the route too, which must not outlive its consumer: whoever sends this could not set it.
        boolean keeps = part
                || existing.filter(known -> !known.route().equals(ConsumerRoute.AS_CONFIGURED))
                        .isPresent();
        Consumer written = EntryForm.written(
                caller,
                () -> consumers.put(values, keeps ? condition.of(existing) : condition, EntryForm.deed(request, part)));
        boolean sameSecret =
                signed.flatMap(Signing::secret).equals(values.signing().secret());
        return views.changed(
                caller,
                written,
                new ConsumerViews.Given(!part || form.has("token"), !part || form.has("callbackUrl"), !sameSecret));
    }

    @DELETE
    @Path("channel/{channelId}/consumer/{consumerId}")
    @Needs(Role.REGISTER)
    public Response delete(
            @Context ContainerRequestContext request,
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String id)
            throws InterruptedException {
        Channel channel = channel(channelId);
        UpdateCondition condition = EntryForm.condition(request);
        boolean force = UrlEncoded.query(request).first("force").equals("true");
        Who who = Asker.of(request);
        Removal removal = force
                ? turns.takeOrRefuse(timeLeft -> consumers.remove(channel, id, condition, true, timeLeft, who))
                : consumers.remove(channel, id, condition, false, () -> true, who);
        return EntryForm.removed(removal, hasJobs(removal.jobs()));
    }

    private Channel channel(String id) {
        return lookup.channel(id).orElseThrow(Refusal::notFound);
    }

    private ConsumerValues values(Channel channel, String id, UrlEncoded form, Optional<Consumer> kept) {
        String callbackUrl = EntryForm.field(form, "callbackUrl", kept.map(Consumer::callbackUrl));
        boolean urlIsKept = EntryForm.isKept(form, "callbackUrl", kept);
        if (!urlIsKept && !ValueRules.isAbsoluteUrl(callbackUrl)) {
            throw Refusal.of(400, BAD_URL);
        }
        String typeName = EntryForm.field(
                form, "type", kept.map(consumer -> consumer.type().wireName()));
        ConsumerType type = ConsumerType.parse(typeName).orElseThrow(() -> Refusal.of(400, BAD_TYPE));
        EntryForm.refuseIf(
                urlIsKept
                        ? Optional.empty()
                        : ValueRules.callbackUrlSize(callbackUrl)
                                .or(() -> HostName.wrongIn(callbackUrl))
                                .or(() -> tls.wrongUrl(callbackUrl)));
        Retries retries = Retries.parse(
                        EntryForm.field(
                                form,
                                "maxRetries",
                                kept.map(consumer -> consumer.retries().maxText())),
                        EntryForm.field(
                                form,
                                "retryDelays",
                                kept.map(consumer -> consumer.retries().delaysText())),
                        EntryForm.field(
                                form,
                                "unreachableFor",
                                kept.map(consumer -> consumer.retries().unreachableForText())))
                .orElseThrow(() -> Refusal.of(400, BAD_RETRIES));
        return new ConsumerValues(channel, EntryForm.values(id, form, kept), callbackUrl, type, retries);
    }

    private Optional<String> refused(ConsumerValues values, boolean urlIsKept) {
        ConsumerRoute route = values.route();
        return urlIsKept || values.type() != ConsumerType.PUSH
                ? Optional.empty()
                : callbacks.wrongIn(
                        values.callbackUrl(),
                        CallRoute.of(route.tlsProfile(), route.allowedNetworks()),
                        CallbackCheck.PATIENCE);
    }

    private static String hasJobs(JobCounts jobs) {
        return ("Consumer has jobs: %s QUEUED, %s INFLIGHT, %s DELIVERED, %s DEAD. "
                        + "Repeat with ?force=true to end the live ones and remove it")
                .formatted(jobs.queued(), jobs.inflight(), jobs.delivered(), jobs.dead());
    }
}
