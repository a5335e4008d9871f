package org.webhookbroker.registry;

/** Whether a consumer was removed, and the jobs it had then. */
public record Removal(Outcome outcome, JobCounts jobs) {
    public enum Outcome {
        REMOVED,
        UNKNOWN,
        CONDITION_MISSING,
        CONDITION_OUTDATED,
        HAS_JOBS,
        /** A channel with consumers or messages. */
        NEEDED,
        /** Some of its jobs were ended, but not all before the time was over. */
        JOBS_LEFT
    }

    static Removal of(Outcome outcome) {
        return new Removal(outcome, JobCounts.NONE);
    }
}
