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
}
