package org.webhookbroker.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.background.Looping;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.RetryPolicy;
import org.webhookbroker.message.Admission;
import org.webhookbroker.outbound.WebhookClient;
import org.webhookbroker.registry.Registry;

/** Puts the parts of dispatch together, and starts and stops them in an order that loses nothing. */
public final class Dispatcher implements Looping {
    record Settings(LaneLimits limits, MemoryBudget budget, Rescuer.Takeover takeover, Duration stopTimeout) {}

    record Outbound(WebhookClient client, CallBuilder calls, RetryPolicy retryPolicy) {}

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final Duration LEASE_INTERVAL = Duration.ofMillis(50);
    private static final Duration RESCUE_INTERVAL = Duration.ofSeconds(1);
    private static final Duration AUDIT_INTERVAL = Duration.ofSeconds(10);

    private final Incarnation incarnation;
    private final WebhookClient client;
    private final Duration stopTimeout;
    private final ExecutorService starter;
    private final Lanes lanes;
    private final LaneStatus status;
    private final Admission admission;
    private final SettleBuffer settling;
    private final BackgroundLoop lease;
    /** In the order in which they start; they stop in the opposite one. */
    private final List<BackgroundLoop> loops;

    Dispatcher(
            Database database, Incarnation incarnation, Outbound outbound, Settings settings, DispatchMetrics metrics) {
        this.incarnation = incarnation;
        this.client = outbound.client();
        this.stopTimeout = settings.stopTimeout();
        this.starter = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "dispatch");
            thread.setDaemon(true);
            return thread;
        });
        this.settling = new SettleBuffer(database.vital(), metrics, this::wakeLease);
        WebhookSender sender = new WebhookSender(client, outbound.calls(), outbound.retryPolicy(), settling, metrics);
        this.lanes = new Lanes(
                consumer -> new Lane(consumer, settings.limits(), settings.budget(), incarnation, sender), settling);
        this.status = new LaneStatus(lanes);
        this.admission = new LaneAdmission(lanes, starter);
        this.lease = new BackgroundLoop(
                "lease", LEASE_INTERVAL, new LeaseLoop(database.vital(), incarnation, lanes, settling));
        Rescuer rescuer = new Rescuer(database.vital(), incarnation, lanes, settings.takeover(), metrics);
        this.loops = List.of(
                new BackgroundLoop("heartbeat", HEARTBEAT, incarnation::heartbeat),
                new BackgroundLoop("rescue", RESCUE_INTERVAL, rescuer),
                new BackgroundLoop("settle", Duration.ZERO, settling),
                new BackgroundLoop("lost-and-found", AUDIT_INTERVAL, new LostAndFound(database, incarnation, lanes)),
                lease);
    }

    private void wakeLease() {
        lease.wake();
    }

    /** Where intake puts new jobs. */
    public Admission admission() {
        return admission;
    }

    public void follow(Registry registry) {
        registry.onChange(lanes::follow);
    }

    @Override
    public List<BackgroundLoop> loops() {
        return loops;
    }

    public int inFlight() {
        return status.inFlight();
    }

    /** Whether the consumer has told this node to stay away for a while. */
    public boolean isAskedAway(Xid consumer) {
        return status.isAskedAway(consumer);
    }

    /** Why this node's jobs of a consumer wait, if it is because nobody answers. */
    public Optional<Waiting> waiting(Xid consumer) {
        return status.waiting(consumer);
    }

    @Override
    public void start() {
        incarnation.onLoss(lanes::forgetReady);
        incarnation.begin();
        Looping.super.start();
    }

    /**
     * Starts no new attempts. Those under way have {@code stopTimeout} to end; the others are cut off and given back. Then the
     * outcomes are recorded and the incarnation ends, so that no other node has to wait for its silence.
     */
    @Override
    public void stop() throws Exception {
        lease.stop();
        lanes.close();
        boolean finished = await(() -> status.inFlight() == 0, stopTimeout);
        client.close();
        boolean recorded = await(() -> status.areEmpty() && settling.isDone(), stopTimeout);
        LOG.info(
                "Dispatch stops: attempts {}, outcomes {}",
                finished ? "finished" : "cut off",
                recorded ? "recorded" : "left to takeover");
        Looping.super.stop();
        starter.shutdown();
        if (!starter.awaitTermination(1, TimeUnit.SECONDS)) {
            LOG.warn("The dispatch thread did not end in time");
        }
        incarnation.end();
    }

    private static boolean await(BooleanSupplier condition, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(5_000_000);
        }
        return true;
    }
}
