package org.webhookbroker.client;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Extends the leases of jobs that are being handled, and tells the broker the outcomes. */
final class JobKeeper implements Runnable {
    private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(1);

    @FunctionalInterface
    private interface Step {
        void run(List<HeldJob> jobs) throws InterruptedException;
    }

    private final Leases leases;
    private final HeldJobs held;
    private final PullLoop.Work work;
    private final Timing timing;
    private final Duration lease;
    private final Duration timeout;
    /** Also where the broker asks for more: the leases have to be extended. */
    private final Duration longestPause;

    private Duration asked = Duration.ZERO;
    /** Whether the last request had releases. */
    private boolean releasesNow = true;

    JobKeeper(Leases leases, HeldJobs held, PullSettings settings, ClientSettings client, PullLoop.Work work) {
        this.leases = leases;
        this.held = held;
        this.work = work;
        this.timing = client.timing();
        this.lease = settings.lease();
        this.longestPause = least(Backoff.LONGEST, lease.dividedBy(6));
        // A call that hangs must not use up the time in which the leases have to be extended.
        this.timeout = least(client.attemptTimeout(), greatest(SHORTEST_TIMEOUT, lease.dividedBy(3)));
    }

    @Override
    public void run() {
        Backoff backoff = new Backoff(timing, longestPause);
        boolean over = false;
        while (!over) {
            try {
                asked = Duration.ZERO;
                Optional<HeldJobs.Due> due = held.awaitDue();
                over = due.isEmpty() || keeps(due.get(), backoff);
            } catch (InterruptedException byClose) {
                // Whoever closed the loop does not wait for it any more, which awaitDue says.
            }
        }
    }

    /** True if it was for the last time, as the client is closed: the leases end by their time. */
    private boolean keeps(HeldJobs.Due due, Backoff backoff) throws InterruptedException {
        boolean extended = tried(this::extend, due.toExtend());
        boolean settled = tried(this::settle, due.toSettle());
        if (settled && extended) {
            backoff.reset();
            return false;
        }
        held.removeOverdue().forEach(job -> report(job, "the broker did not take the outcome until the lease ended"));
        timing.pause().await(leases.closed(), backoff.nanos(least(asked, longestPause)));
        return leases.closed().getCount() == 0;
    }

    private boolean tried(Step step, List<HeldJob> jobs) throws InterruptedException {
        try {
            if (!jobs.isEmpty()) {
                step.run(jobs);
            }
            return true;
        } catch (BrokerException failure) {
            asked = failure.retryAfter();
            work.report(failure);
            return false;
        } catch (RuntimeException | Error failure) {
            if (leases.closed().getCount() > 0) {
                work.report(new BrokerException(
                        "outcomes for " + leases.name(), "it failed: " + failure.getClass(), failure));
            }
            return false;
        }
    }

    private void extend(List<HeldJob> jobs) throws InterruptedException {
        Map<String, HeldJob> asked = byReceipt(jobs);
        long since = timing.now();
        List<Leases.Receipt> answer = leases.extend(asked.keySet(), lease, timeout);
        held.extended(jobs, since);
        for (Leases.Receipt receipt : answer) {
            HeldJob job = asked.get(receipt.receipt());
            if (job != null && !receipt.done()) {
                held.lost(job);
                report(job, "the lease has ended, so another may get the job: its outcome will not count");
            }
        }
    }

    /**
     * Outcomes and releases take turns, as nodes of an earlier release refuse a request with releases, and nothing else ought to be
     * refused with them.
     */
    private void settle(List<HeldJob> due) throws InterruptedException {
        List<HeldJob> outcomes =
                due.stream().filter(job -> job.phase != HeldJob.Phase.RELEASED).toList();
        List<HeldJob> releases =
                due.stream().filter(job -> job.phase == HeldJob.Phase.RELEASED).toList();
        releasesNow = outcomes.isEmpty() || (!releasesNow && !releases.isEmpty());
        settleAll(releasesNow ? releases : outcomes);
    }

    private void settleAll(List<HeldJob> jobs) throws InterruptedException {
        Map<String, HeldJob> delivered = only(jobs, HeldJob.Phase.DELIVERED);
        Map<String, String> failed = new HashMap<>();
        only(jobs, HeldJob.Phase.FAILED).forEach((receipt, job) -> failed.put(receipt, job.reason));
        Map<String, HeldJob> released = only(jobs, HeldJob.Phase.RELEASED);
        List<Leases.Receipt> answer;
        try {
            answer = leases.settle(delivered.keySet(), failed, released.keySet(), timeout);
        } catch (BrokerException maybe) {
            held.sent(jobs);
            throw maybe;
        }
        Map<String, HeldJob> left = byReceipt(jobs);
        for (Leases.Receipt receipt : answer) {
            HeldJob job = left.remove(receipt.receipt());
            if (job != null && !receipt.done() && isNews(job)) {
                report(job, "the lease has ended, so its outcome does not count; it is " + receipt.status());
            }
        }
        jobs.forEach(held::remove);
        left.values().forEach(job -> report(job, "the broker's answer says nothing of its outcome"));
    }

    /** Not after a lost answer, since the first try may have done it. */
    private static boolean isNews(HeldJob job) {
        return !job.sent && !job.lost && job.phase != HeldJob.Phase.RELEASED;
    }

    private void report(HeldJob job, String what) {
        work.report(new BrokerException(job.job.toString(), what, null));
    }

    private static Map<String, HeldJob> only(Collection<HeldJob> jobs, HeldJob.Phase phase) {
        return byReceipt(jobs.stream().filter(job -> job.phase == phase).toList());
    }

    private static Map<String, HeldJob> byReceipt(Collection<HeldJob> jobs) {
        return jobs.stream().collect(Collectors.toMap(job -> job.receipt, Function.identity()));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration greatest(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
