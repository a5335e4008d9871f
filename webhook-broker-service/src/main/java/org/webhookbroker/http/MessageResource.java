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
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.webhookbroker.api.ListResponse;
import org.webhookbroker.api.MessageResponse;
import org.webhookbroker.auth.Role;
import org.webhookbroker.database.Xid;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.LateAnswer;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.job.Job;
import org.webhookbroker.job.JobReads;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.MessageKey;
import org.webhookbroker.message.MessageReads;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;
import org.webhookbroker.registry.RegistryLookup;

/** Contract 7. Every message is shown as dispatched, because its jobs are committed with it. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class MessageResource {
    static final String DISPATCHED = "DISPATCHED";
    static final int DISPATCHED_CODE = 102;

    private final RegistryLookup lookup;
    private final MessageReads messages;
    private final JobReads jobs;
    private final JobViews views;
    private final PayloadAnswers answers;

    MessageResource(RegistryLookup lookup, MessageReads messages, JobReads jobs, PayloadAnswers answers) {
        this.lookup = lookup;
        this.messages = messages;
        this.jobs = jobs;
        this.views = new JobViews(lookup);
        this.answers = answers;
    }

    /** Asynchronous only to know when the answer is written. */
    @GET
    @Path("channel/{channelId}/message/{messageId}")
    @Needs({Role.READ, Role.BROADCAST})
    public void message(
            @PathParam("channelId") String channelId,
            @PathParam("messageId") String messageId,
            @Context ContainerRequestContext request,
            @Context HttpServletRequest servletRequest,
            @Suspended AsyncResponse response) {
        Caller caller = Caller.of(request);
        LateAnswer.to(servletRequest, response, answer -> {
            Xid channel = channel(channelId).id();
            int size = messages.bytesToShow(channel, messageId).orElseThrow(Refusal::notFound);
            answers.give(size, answer, () -> view(caller, channel, messageId));
        });
    }

    private MessageResponse view(Caller caller, Xid channel, String messageId) {
        Message message = messages.find(channel, messageId).orElseThrow(Refusal::notFound);
        List<Job> ofMessage = jobs.ofMessage(message.id(), message.jobCount());
        return new MessageResponse(
                message.publicId(),
                new String(message.content().payload(), StandardCharsets.UTF_8),
                message.content().contentType(),
                lookup.producer(message.producerId()).map(Producer::name).orElse(""),
                message.receivedAt(),
                message.receivedAt(),
                DISPATCHED,
                ofMessage.stream().map(job -> views.ofMessage(caller, job)).toList(),
                message.content().headers());
    }

    @GET
    @Path("channel/{channelId}/messages")
    @Needs(Role.READ)
    public ListResponse messages(@PathParam("channelId") String channelId, @Context ContainerRequestContext request) {
        Paging paging = Paging.of(request);
        Channel channel = channel(channelId);
        if (!mayHave(UrlEncoded.query(request).all("status"))) {
            return new ListResponse(List.of(), Map.of());
        }
        List<MessageKey> page = messages.page(channel.id(), paging.page());
        return new ListResponse(
                page.stream()
                        .map(message -> Links.message(channel, message.publicId()))
                        .toList(),
                paging.links(page, message -> Cursor.of(message.id())));
    }

    /** Whether a message can have one of the wanted states. A state that is not a number is ignored. */
    private static boolean mayHave(List<String> statuses) {
        List<Integer> codes = statuses.stream().flatMap(Numbers::parse).toList();
        return codes.isEmpty() || codes.contains(DISPATCHED_CODE);
    }

    private Channel channel(String channelId) {
        return lookup.channel(channelId).orElseThrow(Refusal::notFound);
    }
}
