package org.webhookbroker.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

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
    /** Jobs to ask for at most. */
    private int most = MOST_AT_ONCE;

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
        Backoff backoff = new Backoff(client.timing(), Backoff.LONGEST);
        try {
            while (!isOver()) {
                Duration asked = Duration.ZERO;
                boolean served = false;
                try {
                    served = turn();
                } catch (BrokerException failure) {
                    work.report(failure);
                    // The jobs of an answer that was too large, or that was lost, are leased and cost an attempt each.
                    most = 1;
                    asked = failure.retryAfter();
                } catch (InterruptedException perhapsOver) {
                    // Then it ends, otherwise it goes on.
                } catch (RuntimeException | Error failure) {
                    if (!isOver()) {
                        work.report(new BrokerException(
                                "lease for " + leases.name(), "it failed: " + failure.getClass(), failure));
                    }
                }
                if (served) {
                    backoff.reset();
                } else {
                    pause(backoff.nanos(asked));
                }
            }
        } finally {
            held.completed();
        }
    }

    private boolean isOver() {
        return stopping.getCount() == 0 || leases.closed().getCount() == 0;
    }

    private void pause(long nanos) {
        try {
            client.timing().pause().await(stopping, nanos);
        } catch (InterruptedException perhapsOver) {
            // As above.
        }
    }

    private boolean turn() throws InterruptedException {
        int room = held.awaitRoom();
        return room == 0 || lease(Math.min(room, most));
    }

    /** False if we should wait before the next try: the answer was empty before the time to wait was over, or nobody takes the jobs. */
    private boolean lease(int limit) throws InterruptedException {
        Timing timing = client.timing();
        long begin = timing.now();
        Leases.Answered<Leases.Leased> answer =
                leases.lease(limit, settings, settings.longestWait().plus(client.attemptTimeout()));
        List<Leases.Leased> jobs = answer.results();
        if (!jobs.isEmpty()) {
            // Twice as many as before, but of this size only as many as fit into half of an answer.
            long fitting = (long) settings.largestAnswer() / 2 * jobs.size() / answer.bytes();
            most = (int) Math.max(1, Math.min(Math.min(2 * most, MOST_AT_ONCE), fitting));
        }
        boolean waited =
                timing.now() - begin >= Math.max(settings.longestWait().toNanos() / 2, Backoff.FIRST.toNanos());
        boolean taken = true;
        for (Leases.Leased leased : jobs) {
            Optional<HeldJob> job = held.add(leased, begin);
            taken &= job.isPresent() && handOver(job.get());
        }
        return jobs.isEmpty() ? waited : taken;
    }

    private boolean handOver(HeldJob job) {
        try {
            work.executor().execute(() -> handle(job));
            return true;
        } catch (Throwable failure) {
            String what = held.release(job) ? "the executor takes no job" : "its error reached the loop";
            work.report(new BrokerException("handling of " + job.job, what, failure));
            return false;
        } finally {
            // A handler on this thread may have left an interrupt. Ours comes after stopping, which awaitRoom sees.
            Thread.interrupted();
        }
    }

    private void handle(HeldJob job) {
        if (!held.begin(job)) {
            return;
        }
        try {
            work.handler().handle(job.job);
            held.end(job, HeldJob.Phase.DELIVERED, "");
        } catch (Throwable failure) {
            held.end(job, HeldJob.Phase.FAILED, reason(failure));
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            } else if (failure instanceof Error error) {
                throw error;
            }
        }
    }

    /** Of any failure, also of one that fails when it is asked. */
    private static String reason(Throwable failure) {
        try {
            String reason = failure.toString().replaceAll("[\\p{Cntrl}\\s]+", " ");
            return reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
        } catch (RuntimeException | Error unreadable) {
            return failure.getClass().getName();
        }
    }
}
