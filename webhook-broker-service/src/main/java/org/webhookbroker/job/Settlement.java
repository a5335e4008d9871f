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

    /**
     * Nobody was reached: the job waits, and no attempt is counted (G7). Once it has waited for too long it is dead instead.
     *
     * @param delay before it is tried; empty if another job was tried in its stead, so that it is due as before
     * @param outage how long the consumer has been unreachable, as far as the holder knows
     * @param limit how long the job may wait, from when it was due and nobody could be reached
     */
    record Unreached(LeasedJob job, Optional<Duration> delay, Duration outage, Duration limit, Failure failure)
            implements Settlement {
        @Override
        public Optional<Duration> queuedFor() {
            return Optional.of(delay.orElse(Duration.ZERO));
        }

        /** Negative: as before. */
        long delayMicros() {
            return delay.map(JobStore::micros).orElse(-1L);
        }

        boolean mayBeOver() {
            return job.unreachable() || outage.compareTo(limit) >= 0;
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
