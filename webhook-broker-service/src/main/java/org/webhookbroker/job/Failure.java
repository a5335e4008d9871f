package org.webhookbroker.job;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.webhookbroker.registry.Consumer;

/**
 * Why an attempt failed: the answer to "why was it not delivered?".
 *
 * @param reason a code of at most 32 characters, such as {@code status-503}
 * @param detail a sentence for people, cut at 255 characters
 * @param mayHaveArrived the consumer may have acted on it all the same, so that the next attempt may be a repeat
 */
public record Failure(String reason, String detail, boolean mayHaveArrived) {
    static final String CRASH_LOOP = "crash-loop";
    static final String LEASE_EXPIRED = "lease-expired";
    static final String MESSAGE_MISSING = "message-missing";
    static final String UNREACHABLE = "unreachable";

    private static final int LONGEST_REASON = 32;
    private static final int LONGEST_DETAIL = 255;

    public Failure {
        reason = cut(reason, LONGEST_REASON);
        detail = cut(detail, LONGEST_DETAIL);
    }

    /** Sets reason and detail. */
    void bind(PreparedStatement row, int first) throws SQLException {
        row.setString(first, reason);
        row.setString(first + 1, detail);
    }

    /** Of a job that nobody can deliver, pushed or pulled. */
    public static Failure messageMissing(Consumer consumer) {
        String detail = "The message of this job for consumer " + consumer.publicId() + " is not in the database";
        return new Failure(MESSAGE_MISSING, detail, false);
    }

    /** Of a job that may be what kills its holders (G5). They may have sent it before they died. */
    static Failure crashLoop(int deaths) {
        return new Failure(CRASH_LOOP, "Each of " + deaths + " broker processes that held this job died", true);
    }

    /** Of a pull job that timed out for the last time. */
    public static Failure leaseExpired(int attempts) {
        return new Failure(LEASE_EXPIRED, "The consumer took it and let its time pass, attempts: " + attempts, true);
    }

    /** Of a job that has waited for too long. The last call says why. */
    static Failure unreachable(Instant since, Failure last) {
        return new Failure(
                UNREACHABLE,
                "Nobody could be reached since " + since.truncatedTo(ChronoUnit.SECONDS) + "; last: " + last.reason()
                        + ": " + last.detail(),
                false);
    }

    /** Whether a job died of an attempt that failed, which it did not count any more. */
    static boolean isOfAttempt(String reason) {
        return !reason.equals(CRASH_LOOP)
                && !reason.equals(LEASE_EXPIRED)
                && !reason.equals(UNREACHABLE)
                && !reason.equals(MESSAGE_MISSING);
    }

    private static String cut(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length));
    }
}
