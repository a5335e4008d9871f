package org.webhookbroker.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The jobs that a loop has leased and not settled, as many as its concurrency at most. One lock guards them all. Thread-safe. */
final class HeldJobs {
    /** What its keeper has to do now. */
    record Due(List<HeldJob> toExtend, List<HeldJob> toSettle) {}

    /** With the longest reasons this many fit into a body that the broker takes. */
    private static final int MOST_SETTLED = 100;

    private final int capacity;
    private final long lease;
    private final Timing timing;
    private final Map<String, HeldJob> held = new HashMap<>();
    private boolean stopping;
    private boolean complete;
    private boolean abandoned;

    HeldJobs(PullSettings settings, Timing timing) {
        this.capacity = settings.concurrency();
        this.lease = settings.lease().toNanos();
        this.timing = timing;
    }

    /** Waits until another job can be held, and returns for how many there is room; 0 when the loop stops. */
    synchronized int awaitRoom() throws InterruptedException {
        while (!stopping && held.size() >= capacity) {
            wait();
        }
        return stopping ? 0 : capacity - held.size();
    }

    /**
     * Empty if it is held already.
     *
     * @param since before it was leased
     */
    synchronized Optional<HeldJob> add(Leases.Leased leased, long since) {
        HeldJob job = new HeldJob(leased);
        if (held.putIfAbsent(job.receipt, job) != null) {
            return Optional.empty();
        }
        renew(job, since);
        if (stopping) {
            job.phase = HeldJob.Phase.RELEASED;
        }
        notifyAll();
        return Optional.of(job);
    }

    /** Whether its handler may run: not if it was given back meanwhile, or its lease has ended. */
    synchronized boolean begin(HeldJob job) {
        if (job.lost) {
            release(job);
        }
        boolean begins = job.phase == HeldJob.Phase.LEASED;
        if (begins) {
            job.phase = HeldJob.Phase.RUNNING;
        }
        return begins;
    }

    synchronized void end(HeldJob job, HeldJob.Phase outcome, String reason) {
        job.phase = outcome;
        job.reason = reason;
        notifyAll();
    }

    /** Gives it back; false if it was begun. */
    synchronized boolean release(HeldJob job) {
        boolean releases = job.phase == HeldJob.Phase.LEASED;
        if (releases) {
            end(job, HeldJob.Phase.RELEASED, "");
        }
        return releases;
    }

    /** No more are leased, and those that were not begun are given back. */
    synchronized void stop() {
        stopping = true;
        held.values().forEach(this::release);
        notifyAll();
    }

    /** Nobody adds any more. */
    synchronized void completed() {
        complete = true;
        notifyAll();
    }

    /** Nobody waits for their outcomes any more. */
    synchronized void abandon() {
        abandoned = true;
        notifyAll();
    }

    /** Waits for something to do; empty when there will never be anything. */
    synchronized Optional<Due> awaitDue() throws InterruptedException {
        while (!abandoned && (!complete || !held.isEmpty())) {
            long now = timing.now();
            Due due = new Due(
                    running().filter(job -> job.extendAt - now <= 0).toList(),
                    held.values().stream()
                            .filter(HeldJob::hasEnded)
                            .limit(MOST_SETTLED)
                            .toList());
            if (!due.toExtend().isEmpty() || !due.toSettle().isEmpty()) {
                return Optional.of(due);
            }
            long next = running().mapToLong(job -> job.extendAt - now).min().orElse(Long.MAX_VALUE);
            // A millisecond more than none, which would be for ever.
            wait(Math.min(TimeUnit.NANOSECONDS.toMillis(next), TimeUnit.HOURS.toMillis(1)) + 1);
        }
        return Optional.empty();
    }

    private Stream<HeldJob> running() {
        return held.values().stream().filter(job -> !job.hasEnded() && !job.lost);
    }

    /** @param since before they were extended */
    synchronized void extended(Collection<HeldJob> jobs, long since) {
        jobs.forEach(job -> renew(job, since));
    }

    private void renew(HeldJob job, long since) {
        job.extendAt = since + lease / 3;
        job.endsAt = timing.now() + lease;
    }

    synchronized void lost(HeldJob job) {
        job.lost = true;
    }

    synchronized void sent(Collection<HeldJob> jobs) {
        jobs.forEach(job -> job.sent = true);
    }

    synchronized void remove(HeldJob job) {
        held.remove(job.receipt);
        notifyAll();
    }

    /** Removes and returns those that have ended and whose lease has too: nobody waits for their outcome any more. */
    synchronized List<HeldJob> removeOverdue() {
        long now = timing.now();
        List<HeldJob> overdue = new ArrayList<>(held.values());
        overdue.removeIf(job -> !job.hasEnded() || job.endsAt - now > 0);
        overdue.forEach(this::remove);
        return overdue;
    }
}
