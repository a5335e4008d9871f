package org.webhookbroker.job;

import java.sql.PreparedStatement;
import java.sql.SQLException;
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
     * @param absence of the consumer
     * @param limit how long the job may wait, from when it was due and nobody could be reached
     */
    record Unreached(LeasedJob job, Optional<Duration> delay, Absence absence, Duration limit, Failure failure)
            implements Settlement {
        private static final Duration LONG = Duration.ofMinutes(15);

        @Override
        public Optional<Duration> queuedFor() {
            return Optional.of(delay.orElse(Duration.ZERO));
        }

        /** As {@link JobStore#unreached} lists them. */
        void bind(PreparedStatement row, int first) throws SQLException {
            row.setBytes(first, job.id().bytes());
            row.setLong(first + 1, delay.map(JobStore::micros).orElse(-1L));
            row.setLong(first + 2, JobStore.micros(absence.length()));
            row.setBoolean(first + 3, absence.fromItsBegin());
            row.setBoolean(first + 4, clearsSuspicion());
            failure.bind(row, first + 5);
        }

        boolean mayBeOver() {
            return job.unreachable() || absence.length().compareTo(limit) >= 0;
        }

        /**
         * Whether the job is no suspect any more. That one attempt reached nobody is not enough: a job whose answer kills its holders
         * may also kill its consumer, or be tried before the network of a node is up, and would kill for ever. With the time there are
         * few deaths in between.
         */
        boolean clearsSuspicion() {
            return delay.isPresent() && absence.length().compareTo(LONG) >= 0;
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
