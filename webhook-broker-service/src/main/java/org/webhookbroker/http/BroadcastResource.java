package org.webhookbroker.http;

import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.DirectRequest;
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
public final class BroadcastResource implements DirectRequest.Resource {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

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

    @Override
    @POST
    @Needs(value = Role.BROADCAST, orTokens = true)
    public void answer(DirectRequest request) {
        BroadcastChecks.Accepted accepted = checks.check(request.parameter("channelId"), request);
        Pass pass = quotas.require(accepted, request);
        CompletableFuture<Void> unused = payloads.read(request.jetty())
                .thenAccept(payload -> arrived(accepted, pass, payload, request))
                .exceptionally(failure -> failed(failure, request));
    }

    private void arrived(BroadcastChecks.Accepted accepted, Pass pass, byte[] payload, DirectRequest request) {
        if (payload.length == 0) {
            throw Refusal.of(400, "Bad Request: the payload is empty");
        }
        if (quotas.holds(pass)) {
            CompletableFuture<Void> unused = quotas.hold(pass, payload, request)
                    .thenRun(() -> store(accepted, pass, payload, request))
                    .exceptionally(failure -> failed(failure, request));
        } else {
            store(accepted, pass, payload, request);
        }
    }

    private static Void failed(Throwable failure, DirectRequest request) {
        request.fail(failure.getCause() instanceof RuntimeException known ? known : new CompletionException(failure));
        return null;
    }

    private void store(BroadcastChecks.Accepted accepted, Pass pass, byte[] payload, DirectRequest request) {
        quotas.take(pass, payload);
        answerOnce(submit(accepted, pass, payload), accepted, request);
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

    private static void answerOnce(
            CompletableFuture<BroadcastResult> result, BroadcastChecks.Accepted accepted, DirectRequest request) {
        CompletableFuture<Void> unused =
                within(ANSWER_WITHIN, result).thenAccept(done -> request.soon(() -> answer(done, accepted, request)));
    }

    /** A copy is what ends early: what is to be let go of once the message is committed, or not, still waits for that (G8). */
    static CompletableFuture<BroadcastResult> within(Duration limit, CompletableFuture<BroadcastResult> result) {
        return result.copy().completeOnTimeout(BroadcastResult.UNAVAILABLE, limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void answer(BroadcastResult result, BroadcastChecks.Accepted accepted, DirectRequest request) {
        if (result == BroadcastResult.ACCEPTED) {
            request.created(link(accepted));
        } else {
            request.fail(refusal(result, accepted));
        }
    }

    private static String link(BroadcastChecks.Accepted accepted) {
        return accepted.isScheduled()
                ? Links.scheduledMessage(accepted.channel(), accepted.messageId())
                : Links.message(accepted.channel(), accepted.messageId());
    }

    private static Refusal refusal(BroadcastResult result, BroadcastChecks.Accepted accepted) {
        return switch (result) {
            case DUPLICATE ->
                Refusal.of(
                        409,
                        accepted.isScheduled()
                                ? "duplicate scheduled message id for channel"
                                : "duplicate message id for channel");
            case REFUSED ->
                Refusal.of(400, "Bad Request: the database cannot hold this message; the broker's log says why");
            case OVERLOADED ->
                Refusal.tryAgain("too many messages wait to be stored: this one was not stored, try again");
            case ACCEPTED, UNAVAILABLE ->
                Refusal.tryAgain("the database did not answer, so the message may be stored or not: repeat it with "
                        + BrokerHeaders.MESSAGE_ID + ": " + accepted.messageId()
                        + ", then 409 means that it was stored");
        };
    }
}
