package org.webhookbroker.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.message.Broadcast;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Receipt;
import org.webhookbroker.schedule.Schedule;

/** Contract 4. The request's thread reads and checks; the answer comes once the message is committed (G1). */
@Path("/channel/{channelId}/broadcast")
public final class BroadcastResource {
    private static final long ANSWER_WITHIN_SECONDS = 30;

    private final BroadcastChecks checks;
    private final PayloadReader payloads;
    private final Broadcast broadcast;
    private final Schedule schedule;

    public BroadcastResource(BroadcastChecks checks, PayloadReader payloads, Broadcast broadcast, Schedule schedule) {
        this.checks = checks;
        this.payloads = payloads;
        this.broadcast = broadcast;
        this.schedule = schedule;
    }

    @POST
    public void broadcast(
            @PathParam("channelId") String channelId,
            @Context ContainerRequestContext request,
            @Context HttpServletRequest servletRequest,
            @Suspended AsyncResponse response) {
        LateAnswer answer = LateAnswer.to(servletRequest, response);
        BroadcastChecks.Accepted accepted = checks.check(channelId, request);
        Payload payload = payloads.read(request, servletRequest.getContentLengthLong());
        Optional<Response> unread = refusal(payload);
        if (unread.isPresent()) {
            answer.give(unread.get());
            return;
        }
        answerOnce(submit(accepted, payload.bytes()), accepted, answer);
    }

    private Optional<Response> refusal(Payload payload) {
        return switch (payload.outcome()) {
            case TOO_LARGE ->
                Optional.of(Answers.text(413, PayloadReader.tooLarge(payloads.limit()))
                        .build());
            case NO_ROOM -> Optional.of(tryAgain(PayloadReader.NO_ROOM));
            case UNREADABLE ->
                Optional.of(Answers.text(500, "body could not be read").build());
            case READ ->
                payload.bytes().length > 0
                        ? Optional.empty()
                        : Optional.of(Answers.text(400, "Bad Request: the payload is empty")
                                .build());
        };
    }

    /** The payload is in memory until its transaction ended, however early the producer got its answer. */
    private CompletableFuture<Receipt> submit(BroadcastChecks.Accepted accepted, byte[] payload) {
        Content content = new Content(accepted.contentType(), accepted.priority(), accepted.metadata(), payload);
        CompletableFuture<Receipt> receipt = accepted.dueAt().isPresent()
                ? schedule.submit(
                        accepted.channel(),
                        accepted.producer(),
                        accepted.messageId(),
                        content,
                        accepted.dueAt().get())
                : broadcast.submit(accepted.channel(), accepted.producer(), accepted.messageId(), content);
        return receipt.whenComplete((done, failed) -> payloads.release(payload));
    }

    /** No {@code AsyncResponse.setTimeout}: Jersey keeps each cancelled timer, and with it the request, until it would have ended. */
    private static void answerOnce(
            CompletableFuture<Receipt> receipt, BroadcastChecks.Accepted accepted, LateAnswer answer) {
        CompletableFuture<Void> unused = receipt.completeOnTimeout(
                        Receipt.UNAVAILABLE, ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)
                .thenAccept(done -> answer.onServerThread(() -> answer.give(answer(done, accepted))));
    }

    private static String link(BroadcastChecks.Accepted accepted) {
        return accepted.dueAt().isPresent()
                ? ScheduledViews.link(accepted.channel(), accepted.messageId())
                : JobViews.messageLink(accepted.channel(), accepted.messageId());
    }

    private static Response answer(Receipt receipt, BroadcastChecks.Accepted accepted) {
        return switch (receipt) {
            case ACCEPTED ->
                Answers.empty(201)
                        .header(ContractResponse.LOCATION_AS_IS, RequestHeaders.encode(link(accepted)))
                        .build();
            case DUPLICATE ->
                Answers.text(
                                409,
                                accepted.dueAt().isPresent()
                                        ? "duplicate scheduled message id for channel"
                                        : "duplicate message id for channel")
                        .build();
            case REFUSED ->
                Answers.text(400, "Bad Request: the database can not hold this message; the broker's log says why")
                        .build();
            case OVERLOADED -> tryAgain("too many messages wait to be stored: this one was not stored, try again");
            case UNAVAILABLE ->
                tryAgain("the database did not answer, so the message may be stored or not: repeat it with "
                        + BrokerHeaders.MESSAGE_ID + ": " + accepted.messageId()
                        + ", then 409 means that it was stored");
        };
    }

    private static Response tryAgain(String text) {
        return Answers.text(503, text).header(HttpHeaders.RETRY_AFTER, "1").build();
    }
}
