package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.job.Absence;
import org.webhookbroker.job.Failure;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.RetryPolicy;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.outbound.LogText;
import org.webhookbroker.outbound.Outcome;
import org.webhookbroker.outbound.Reach;
import org.webhookbroker.outbound.WebhookClient;
import org.webhookbroker.registry.Consumer;

/** Makes attempts, and decides what an outcome means for the job and for its lane. Thread-safe. */
final class WebhookSender implements Sender {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);

    /** A lane rests so long after an attempt that could not even be made. Otherwise it would spin. */
    private static final Duration REST = Duration.ofSeconds(1);

    private final WebhookClient client;
    private final CallBuilder calls;
    private final RetryPolicy retryPolicy;
    private final SettleBuffer settling;
    private final DispatchMetrics metrics;

    WebhookSender(
            WebhookClient client,
            CallBuilder calls,
            RetryPolicy retryPolicy,
            SettleBuffer settling,
            DispatchMetrics metrics) {
        this.client = client;
        this.calls = calls;
        this.retryPolicy = retryPolicy;
        this.settling = settling;
        this.metrics = metrics;
    }

    /** Whatever goes wrong here, the job leaves the lane and is settled. */
    @Override
    public void send(Lane lane, HeldJob job) {
        long start = System.nanoTime();
        CompletableFuture<Outcome> call;
        try {
            call = client.send(lane.consumer().callbackUrl(), calls.build(lane.consumer(), job));
        } catch (Throwable unexpected) { // After an Error, too, somebody must pump the lane.
            call = CompletableFuture.failedFuture(unexpected);
        }
        CompletableFuture<Outcome> unused = call.whenComplete((outcome, unexpected) -> {
            if (unexpected == null) {
                ended(lane, job, outcome, System.nanoTime() - start);
            } else {
                LOG.error("An attempt of job {} could not be made", job.lease().id(), unexpected);
                lane.attempts().completed(job, Contact.notTried(REST));
                settling.add(lane, new Settlement.Released(job.lease(), true));
            }
            lane.attempts().pump();
        });
    }

    @Override
    public boolean hasRoom(Consumer consumer, int underWay) {
        try {
            return client.hasRoom(consumer.callbackUrl(), underWay);
        } catch (Throwable unexpected) { // The call will fail by it, and tell.
            return true;
        }
    }

    private void ended(Lane lane, HeldJob job, Outcome outcome, long nanos) {
        metrics.attempted(outcome, nanos);
        String why = outcome.delivered() ? "" : outcome.reason() + ": " + outcome.detail();
        Contact contact = new Contact(Reachability.of(outcome), pause(outcome), why);
        lane.attempts()
                .completed(job, contact)
                .ifPresent(news -> LOG.warn("Consumer {} {}", name(lane.consumer()), news));
        RetryPolicy policy = retryPolicy.with(lane.consumer().retries());
        if (outcome.reach() == Reach.NOBODY) {
            waits(lane, job, policy, outcome);
        } else {
            settling.add(lane, settlement(policy, job.lease(), outcome));
        }
    }

    /** No attempt is spent that reached nobody (G7). A probe stands for all jobs that wait for it: they could not be reached either. */
    private void waits(Lane lane, HeldJob tried, RetryPolicy policy, Outcome outcome) {
        Duration limit = policy.unreachableFor();
        Absence absence = lane.attempts().ask(Availability::absence);
        Failure failure = new Failure(outcome.reason(), outcome.detail(), false);
        Optional<Duration> delay = Optional.of(policy.unspent(tried.lease().attempts()));
        settling.add(lane, new Settlement.Unreached(tried.lease(), delay, absence, limit, failure));
        for (HeldJob job : lane.attempts().ask(availability -> availability.takeAlike(limit))) {
            settling.add(lane, new Settlement.Unreached(job.lease(), Optional.empty(), absence, limit, failure));
        }
    }

    private static String name(Consumer consumer) {
        return LogText.of(consumer.channel().publicId() + "/" + consumer.publicId());
    }

    /** While a consumer asks us to stay away, all its jobs wait, untouched (G7). */
    private Duration pause(Outcome outcome) {
        if (outcome.reach() == Reach.NOT_TRIED) {
            return REST;
        }
        return outcome.retryHint().map(retryPolicy::bound).orElse(Duration.ZERO);
    }

    private static Settlement settlement(RetryPolicy policy, LeasedJob job, Outcome outcome) {
        if (outcome.delivered()) {
            return new Settlement.Delivered(job);
        }
        if (outcome.reach() == Reach.NOT_TRIED) {
            return new Settlement.Released(job, outcome.mayHaveArrived());
        }
        Failure failure = new Failure(outcome.reason(), outcome.detail(), outcome.mayHaveArrived());
        Optional<Duration> delay = policy.next(job.attempts(), outcome.retryHint());
        return delay.isPresent() ? new Settlement.Retry(job, delay.get(), failure) : new Settlement.Dead(job, failure);
    }
}
