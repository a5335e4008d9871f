package org.webhookbroker.job;

import java.time.Duration;

/**
 * There is nobody where a consumer should be, as far as a node knows.
 *
 * @param length how long it has been so
 * @param fromItsBegin whether the node has seen somebody there before. Then no job has waited for longer than that, whatever its row
 *     says: what it says is of an earlier absence
 */
public record Absence(Duration length, boolean fromItsBegin) {
    /** As long as nobody is there, a job waits as long again as it has waited, but no longer than this for that alone. */
    public static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** A job that may wait for {@code limit} is judged at so many moments of it: never dead after two failures with anything in between. */
    public static Duration betweenJudgements(Duration limit) {
        return limit.dividedBy(10);
    }

    /**
     * When a job began to wait for somebody, as SQL: when that was found to be so, or when the job was due after that.
     *
     * @param length of the absence in microseconds, as SQL, as is {@code fromItsBegin}
     */
    static String since(String length, String fromItsBegin) {
        return """
                IF(unreachable_since IS NULL OR %2$s, LEAST(UTC_TIMESTAMP(6), GREATEST(
                  COALESCE(unreachable_since, due_at), UTC_TIMESTAMP(6) - INTERVAL %1$s MICROSECOND)), unreachable_since)
                """.formatted(length, fromItsBegin);
    }

    /**
     * How many microseconds a job waits, as SQL, with {@link #LONGEST_PAUSE}.
     *
     * @param delay at least so many, as SQL, as is {@code since} when it began to wait
     */
    static String pause(String delay, String since) {
        return """
                GREATEST(%s, LEAST(%s, COALESCE(TIMESTAMPDIFF(MICROSECOND, %s, UTC_TIMESTAMP(6)), 0)))
                """.formatted(delay, JobStore.micros(LONGEST_PAUSE), since);
    }
}
