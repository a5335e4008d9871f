package org.webhookbroker.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.api.ExtendRequest;
import org.webhookbroker.api.LeaseRequest;
import org.webhookbroker.api.ReceiptsResponse;
import org.webhookbroker.api.SettleRequest;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.LateAnswer;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.job.JobReads;
import org.webhookbroker.pull.PullFactory.Pull;
import org.webhookbroker.pull.PullReceipt;
import org.webhookbroker.pull.PulledJobs;
import org.webhookbroker.registry.Consumer;

/** Many jobs of a pull consumer at once, an addition to the contract: lease with waiting, extend, settle. */
@Path("/channel/{channelId}/consumer/{consumerId}/jobs")
@Produces(MediaType.APPLICATION_JSON)
public final class LeaseResource {
    /** What the answers with jobs of pull consumers hold until they are read. */
    static final String MEMORY = "pulled jobs";

    private static final int DEFAULT_LIMIT = 25;
    private static final int MAX_LIMIT = 100;
    private static final int DEFAULT_LEASE = 30;
    private static final int MAX_LEASE = 12 * 60 * 60;

    private final ConsumerAccess access;
    private final Pull pull;
    private final Receipts receipts;
    private final PulledJobViews views;

    LeaseResource(ConsumerAccess access, Pull pull, JobReads jobs, PulledJobViews views) {
        this.access = access;
        this.pull = pull;
        this.receipts = new Receipts(jobs);
        this.views = views;
    }

    /** Answers at once if the request does not wait; otherwise when there are jobs, or when the time is over. */
    @POST
    @Path("/lease")
    @Needs(value = Role.CONSUME, orTokens = true)
    public void lease(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @Context ContainerRequestContext request,
            @Context HttpServletRequest servletRequest,
            @Suspended AsyncResponse response) {
        LateAnswer.to(servletRequest, response, answer -> lease(channelId, consumerId, request, answer));
    }

    private void lease(String channelId, String consumerId, ContainerRequestContext request, LateAnswer answer) {
        ConsumerAccess.Tokens tokens = ConsumerAccess.Tokens.of(request);
        Consumer consumer = access.pulling(channelId, consumerId, tokens);
        LeaseRequest asked = JsonBody.read(request, LeaseRequest.class);
        int limit = JsonBody.number("Limit", asked.limit(), DEFAULT_LIMIT, 1, MAX_LIMIT);
        int longest = (int) pull.longestWait().toSeconds();
        int wait = JsonBody.number("WaitSeconds", asked.waitSeconds(), 0, 0, longest);
        Duration length = length(asked.leaseSeconds());
        if (wait == 0) {
            lease(consumer, limit, length, true, answer);
            return;
        }
        boolean waits = pull.waiters()
                .await(
                        consumer.id(),
                        Duration.ofSeconds(wait),
                        answer::onServerThread,
                        // Whoever waits may have lost its right meanwhile: a token is changed, or a key revoked, to
                        // shut somebody out.
                        last -> answered(answer, () -> {
                            tokens.caller().requireStill();
                            return lease(access.pulling(channelId, consumerId, tokens), limit, length, last, answer);
                        }));
        if (!waits) {
            throw Refusal.tryAgain("too many requests wait for jobs already: try again, or without `WaitSeconds`");
        }
    }

    /** True when it has answered, as it has if the look fails. Nothing is leased to a client that has gone. */
    private static boolean answered(LateAnswer answer, BooleanSupplier look) {
        try {
            return answer.isOver() || look.getAsBoolean();
        } catch (RuntimeException failure) {
            answer.fail(failure);
            return true;
        }
    }

    /** True when it has answered. */
    private boolean lease(Consumer consumer, int limit, Duration length, boolean last, LateAnswer answer) {
        try (PulledJobs jobs = pull.queue().lease(consumer, limit, length)) {
            boolean answers = last || !jobs.jobs().isEmpty() || jobs.isRefused();
            if (answers) {
                answer.holds(MEMORY);
                answer.give(jobs.isRefused() ? noMemory(answer).getResponse() : views.leased(jobs));
            }
            return answers;
        }
    }

    @POST
    @Path("/extend")
    @Needs(value = Role.CONSUME, orTokens = true)
    public ReceiptsResponse extend(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @Context ContainerRequestContext request) {
        Consumer consumer = access.authenticated(channelId, consumerId, request);
        ExtendRequest asked = JsonBody.read(request, ExtendRequest.class);
        List<PullReceipt> wanted = Receipts.parse("Receipts", asked.receipts());
        Receipts.requireDistinct(wanted);
        Set<PullReceipt> done = pull.leases().extend(consumer, wanted, length(asked.leaseSeconds()));
        return receipts.answer(consumer, wanted, done);
    }

    @POST
    @Path("/settle")
    @Needs(value = Role.CONSUME, orTokens = true)
    public ReceiptsResponse settle(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @Context ContainerRequestContext request) {
        Consumer consumer = access.authenticated(channelId, consumerId, request);
        Receipts.Ends ends = Receipts.parse(JsonBody.read(request, SettleRequest.class));
        Set<PullReceipt> done = pull.leases().settle(consumer, ends.acks(), ends.nacks(), ends.releases());
        return receipts.answer(consumer, ends.all(), done);
    }

    private static Duration length(@Nullable Integer seconds) {
        return Duration.ofSeconds(JsonBody.number("LeaseSeconds", seconds, DEFAULT_LEASE, 1, MAX_LEASE));
    }

    static Refusal noMemory(LateAnswer answer) {
        answer.reclaim(MEMORY);
        return Refusal.tryAgain("too many jobs are being sent to their consumers: nothing was done, try again");
    }
}
