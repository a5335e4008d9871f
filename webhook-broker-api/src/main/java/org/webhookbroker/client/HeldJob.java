package org.webhookbroker.client;

/** A job from its lease until the broker knows its outcome. All of it that changes is guarded by {@link HeldJobs}. */
final class HeldJob {
    enum Phase {
        /** Waits for a thread. */
        LEASED,
        RUNNING,
        DELIVERED,
        FAILED,
        /** To be given back, since it was not begun. */
        RELEASED
    }

    final String receipt;
    final PulledJob job;
    Phase phase = Phase.LEASED;
    /** Why it failed. */
    String reason = "";
    /** When it is time to extend the lease, counted from before it began; both times are of {@link Timing}. */
    long extendAt;
    /** When the lease has ended for certain. */
    long endsAt;
    /** The broker says that the lease has ended. */
    boolean lost;
    /** The outcome was sent, and may have arrived. */
    boolean sent;

    HeldJob(Leases.Leased leased) {
        receipt = leased.receipt();
        job = leased.job();
    }

    boolean hasEnded() {
        return phase != Phase.LEASED && phase != Phase.RUNNING;
    }
}
