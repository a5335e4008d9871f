package org.webhookbroker.job;

import java.time.Duration;
import java.util.Optional;

/** What is to be recorded of a job that was held: the end of an attempt, or that none was made. */
public sealed interface Settlement {
    LeasedJob job();

    /** After which delay the job is queued again to be due; empty when it has come to its end. */
    default Optional<Duration> queuedFor() {
        return Optional.empty();
    }

    record Delivered(LeasedJob job) implements Settlement {}

    /** Failed, to be tried again after {@code delay}. */
    record Retry(LeasedJob job, Duration delay, Failure failure) implements Settlement {
        @Override
        public Optional<Duration> queuedFor() {
            return Optional.of(delay);
        }
    }

    record Dead(LeasedJob job, Failure failure) implements Settlement {}

    /**
     * Given back. No attempt is counted (G7), unless {@code mayHaveArrived} says that one was cut off: then the next says
     * that it may be a repeat.
     */
    record Released(LeasedJob job, boolean mayHaveArrived) implements Settlement {
        @Override
        public Optional<Duration> queuedFor() {
            return Optional.of(Duration.ZERO);
        }
    }
}
