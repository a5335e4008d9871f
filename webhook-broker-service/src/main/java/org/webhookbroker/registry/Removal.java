package org.webhookbroker.registry;

/** What became of the wish to remove a consumer, and the jobs it had then. */
public record Removal(Outcome outcome, JobCounts jobs) {
    public enum Outcome {
        REMOVED,
        UNKNOWN,
        CONDITION_MISSING,
        CONDITION_OUTDATED,
        HAS_JOBS,
        /** Some were ended, and the time was over before the others were. */
        JOBS_LEFT
    }

    static Removal of(Outcome outcome) {
        return new Removal(outcome, JobCounts.NONE);
    }
}
