package org.webhookbroker.registry;

/** How many jobs a consumer has in each state. */
public record JobCounts(long queued, long inflight, long delivered, long dead) {
    static final JobCounts NONE = new JobCounts(0, 0, 0, 0);

    public boolean any() {
        return queued + inflight + delivered + dead > 0;
    }
}
