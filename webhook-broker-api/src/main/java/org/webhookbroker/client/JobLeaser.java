package org.webhookbroker.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;

/** Leases jobs while there is room for them, and has them handled. */
final class JobLeaser implements Runnable {
    private static final int MOST_AT_ONCE = 100;
    private static final int LONGEST_REASON = 500;

    private final Leases leases;
    private final HeldJobs held;
    private final PullSettings settings;
    private final ClientSettings client;
    private final PullLoop.Work work;
    private final CountDownLatch stopping;

    JobLeaser(
            Leases leases,
            HeldJobs held,
            PullSettings settings,
            ClientSettings client,
            PullLoop.Work work,
            CountDownLatch stopping) {
        this.leases = leases;
        this.held = held;
        this.settings = settings;
        this.client = client;
        this.work = work;
        this.stopping = stopping;
    }

    @Override
    public void run() {
        Timing timing = client.timing();
        Backoff backoff = new Backoff(timing, Backoff.LONGEST);
        try {
            for (int room = held.awaitRoom(); room > 0; room = held.awaitRoom()) {
                Duration asked = Duration.ZERO;
                boolean served = false;
                try {
                    served = lease(Math.min(room, MOST_AT_ONCE));
                } catch (BrokerException failure) {
                    work.report(failure);
                    asked = failure.retryAfter();
                }
                if (served) {
                    backoff.reset();
                } else if (timing.pause().await(stopping, backoff.nanos(asked))) {
                    return;
                }
            }
        } catch (InterruptedException | IllegalStateException closed) {
            // Whoever closed the loop does not wait for it any more, or the client is closed.
        } finally {
            held.completed();
        }
    }

    /** False if we should wait before the next try: the answer was empty before the time to wait was over, or nobody takes the jobs. */
    private boolean lease(int limit) throws InterruptedException {
        Timing timing = client.timing();
        long begin = timing.now();
        List<Leases.Leased> jobs =
                leases.lease(limit, settings, settings.longestWait().plus(client.attemptTimeout()));
        boolean waited =
                timing.now() - begin >= Math.max(settings.longestWait().toNanos() / 2, Backoff.FIRST.toNanos());
        boolean taken = true;
        for (Leases.Leased leased : jobs) {
            Optional<HeldJob> job = held.add(leased);
            taken &= job.isPresent() && handOver(job.get());
        }
        return jobs.isEmpty() ? waited : taken;
    }

    private boolean handOver(HeldJob job) {
        try {
            work.executor().execute(() -> handle(job));
            return true;
        } catch (RejectedExecutionException full) {
            held.release(job);
            work.report(new BrokerException("handling of " + job.job, "the executor takes no job", full));
            return false;
        }
    }

    private void handle(HeldJob job) {
        if (!held.begin(job)) {
            return;
        }
        try {
            work.handler().handle(job.job);
            held.end(job, HeldJob.Phase.DELIVERED, "");
        } catch (Exception failure) {
            held.end(job, HeldJob.Phase.FAILED, reason(failure));
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        } catch (Error error) {
            held.end(job, HeldJob.Phase.FAILED, reason(error));
            throw error;
        }
    }

    private static String reason(Throwable failure) {
        String reason = failure.toString().replaceAll("[\\p{Cntrl}\\s]+", " ");
        return reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
    }
}
