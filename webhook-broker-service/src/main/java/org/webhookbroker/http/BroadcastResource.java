package org.webhookbroker.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.Answers;
import org.webhookbroker.http.server.LateAnswer;
import org.webhookbroker.http.server.PayloadReader;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.message.BroadcastResult;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Intake;
import org.webhookbroker.quota.Pass;
import org.webhookbroker.quota.Quotas;
import org.webhookbroker.schedule.Schedule;

/** Contract 4. A broadcast is checked, read without a thread that waits, and answered once the message is committed (G1). */
@Path("/channel/{channelId}/broadcast")
public final class BroadcastResource {
    private static final long ANSWER_WITHIN_SECONDS = 30;

    private final BroadcastChecks checks;
    private final QuotaGate quotas;
    private final PayloadReader payloads;
    private final Intake intake;
    private final Schedule schedule;

    BroadcastResource(BroadcastChecks checks, Quotas quotas, PayloadReader payloads, Intake intake, Schedule schedule) {
        this.checks = checks;
        this.quotas = new QuotaGate(quotas, payloads);
        this.payloads = payloads;
        this.intake = intake;
        this.schedule = schedule;
    }

    @POST
    @Needs(value = Role.BROADCAST, orTokens = true)
    public void broadcast(
            @PathParam("channelId") String channelId,
            @Context ContainerRequestContext request,
            @Context HttpServletRequest servletRequest,
            @Suspended AsyncResponse response) {
        LateAnswer.to(servletRequest, response, answer -> {
            BroadcastChecks.Accepted accepted = checks.check(channelId, request);
            Pass pass = quotas.require(accepted, servletRequest);
            CompletableFuture<Void> unused = payloads.read(servletRequest)
                    .thenAccept(payload -> arrived(accepted, pass, payload, answer))
                    .exceptionally(failure -> failed(failure, answer));
        });
    }

    private void arrived(BroadcastChecks.Accepted accepted, Pass pass, byte[] payload, LateAnswer answer) {
        if (payload.length == 0) {
            throw Refusal.of(400, "Bad Request: the payload is empty");
        }
        if (quotas.holds(pass)) {
            CompletableFuture<Void> unused = quotas.hold(pass, payload, answer)
                    .thenRun(() -> store(accepted, pass, payload, answer))
                    .exceptionally(failure -> failed(failure, answer));
        } else {
            store(accepted, pass, payload, answer);
        }
    }

    private static Void failed(Throwable failure, LateAnswer answer) {
        answer.fail(failure.getCause() instanceof RuntimeException known ? known : new CompletionException(failure));
        return null;
    }

    private void store(BroadcastChecks.Accepted accepted, Pass pass, byte[] payload, LateAnswer answer) {
        quotas.take(pass, payload);
        answerOnce(submit(accepted, pass, payload), accepted, answer);
    }

    /** The payload stays in memory until its transaction has ended, even if the producer got its answer before. */
    private CompletableFuture<BroadcastResult> submit(BroadcastChecks.Accepted accepted, Pass pass, byte[] payload) {
        Content content = new Content(accepted.contentType(), accepted.priority(), accepted.metadata(), payload);
        CompletableFuture<BroadcastResult> result = accepted.dueAt().isPresent()
                ? schedule.submit(
                        accepted.channel(),
                        accepted.producer(),
                        accepted.messageId(),
                        content,
                        accepted.dueAt().get())
                : intake.submit(accepted.channel(), accepted.producer(), accepted.messageId(), content);
        return result.whenComplete((done, failed) -> {
            payloads.release(payload);
            pass.end();
        });
    }

    /** Not with {@code AsyncResponse.setTimeout}: Jersey keeps a cancelled timer, and its request, until the time is over. */
    private static void answerOnce(
            CompletableFuture<BroadcastResult> result, BroadcastChecks.Accepted accepted, LateAnswer answer) {
        CompletableFuture<Void> unused = result.completeOnTimeout(
                        BroadcastResult.UNAVAILABLE, ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)
                .thenAccept(done -> answer.onServerThread(() -> answer.give(answer(done, accepted))));
    }

    private static String link(BroadcastChecks.Accepted accepted) {
        return accepted.isScheduled()
                ? Links.scheduledMessage(accepted.channel(), accepted.messageId())
                : Links.message(accepted.channel(), accepted.messageId());
    }

    private static Response answer(BroadcastResult result, BroadcastChecks.Accepted accepted) {
        return switch (result) {
            case ACCEPTED -> Answers.created(link(accepted));
            case DUPLICATE ->
                refusal(
                        409,
                        accepted.isScheduled()
                                ? "duplicate scheduled message id for channel"
                                : "duplicate message id for channel");
            case REFUSED ->
                refusal(400, "Bad Request: the database cannot hold this message; the broker's log says why");
            case OVERLOADED -> tryAgain("too many messages wait to be stored: this one was not stored, try again");
            case UNAVAILABLE ->
                tryAgain("the database did not answer, so the message may be stored or not: repeat it with "
                        + BrokerHeaders.MESSAGE_ID + ": " + accepted.messageId()
                        + ", then 409 means that it was stored");
        };
    }

    private static Response refusal(int status, String text) {
        return Refusal.of(status, text).getResponse();
    }

    private static Response tryAgain(String text) {
        return Refusal.tryAgain(text).getResponse();
    }
}
