package org.webhookbroker.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of a lane that may be tried, and which of them is next. Retries and first attempts take turns while both are ready (G6);
 * a job on its last chance goes before all others (G5). Not thread-safe: its lane guards it.
 */
final class ReadyJobs {
    private final LaneLimits limits;
    private final ReadyQueue first = new ReadyQueue();
    private final ReadyQueue retries = new ReadyQueue();
    private @Nullable HeldJob lastChance;
    private int inFlight;
    private int retriesInFlight;
    private boolean retryWentLast;

    ReadyJobs(LaneLimits limits) {
        this.limits = limits;
    }

    /** @param isLastChance of one job at a time, see {@link LaneRoom#suspect} */
    void add(HeldJob job, boolean isLastChance) {
        if (isLastChance) {
            lastChance = job;
        } else {
            (job.isRetry() ? retries : first).add(job);
        }
    }

    /** Whether a job is ready, and as few are in flight as the limit demands. */
    boolean mayStart() {
        boolean ready = lastChance != null || !first.isEmpty() || !retries.isEmpty();
        return ready && inFlight < limits.maxInFlight();
    }

    /** The next job, which is in flight from here on; null if only retries are ready, and enough retries are in flight. */
    @Nullable
    HeldJob start() {
        HeldJob job = lastChance;
        lastChance = null;
        if (job == null) {
            job = pollFairly();
        }
        if (job != null) {
            inFlight++;
            retriesInFlight += job.isRetry() ? 1 : 0;
        }
        return job;
    }

    private @Nullable HeldJob pollFairly() {
        boolean retryMayGo = !retries.isEmpty() && retriesInFlight < limits.maxRetriesInFlight();
        boolean retrysTurn = inFlight == 0 ? !retryWentLast : retriesInFlight * 2 < inFlight;
        retryWentLast = retryMayGo && (first.isEmpty() || retrysTurn);
        return retryWentLast ? retries.poll() : first.poll();
    }

    void ended(HeldJob job) {
        inFlight--;
        retriesInFlight -= job.isRetry() ? 1 : 0;
    }

    /** Takes out some of those that were not started, but not the one on its last chance. */
    List<HeldJob> take(Predicate<HeldJob> wanted) {
        List<HeldJob> jobs = first.drain();
        jobs.addAll(retries.drain());
        List<HeldJob> taken = new ArrayList<>();
        for (HeldJob job : jobs) {
            if (wanted.test(job)) {
                taken.add(job);
            } else {
                add(job, false);
            }
        }
        return taken;
    }

    int inFlight() {
        return inFlight;
    }

    /** Takes out all that were not started. */
    List<HeldJob> drain() {
        List<HeldJob> jobs = first.drain();
        jobs.addAll(retries.drain());
        if (lastChance != null) {
            jobs.add(lastChance);
            lastChance = null;
        }
        return jobs;
    }
}
