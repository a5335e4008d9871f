package org.webhookbroker.job;

import java.time.Duration;
import java.util.Optional;

/** What is to be recorded of a job that was held: the end of an attempt, or that none was made. */
public sealed interface Settlement {
    LeasedJob job();

    /** The delay after which the job, queued again, is due; empty if the job has ended. */
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
     * Given back: no attempt is counted (G7). If {@code mayHaveArrived} says that an attempt was cut off, the next one says that it
     * may be a repeat.
     */
    record Released(LeasedJob job, boolean mayHaveArrived) implements Settlement {
        @Override
        public Optional<Duration> queuedFor() {
            return Optional.of(Duration.ZERO);
        }
    }
}
