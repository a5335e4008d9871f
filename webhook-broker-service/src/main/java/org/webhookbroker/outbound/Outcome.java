package org.webhookbroker.outbound;

import java.time.Duration;
import java.util.Optional;

/** What became of a call. Failures are values: nothing in this package throws at its caller. */
public sealed interface Outcome {
    /** The final status was 2xx. */
    default boolean delivered() {
        return false;
    }

    /**
     * How long the consumer asked us to stay away: the {@code Retry-After} of a 429 or 503. Not clamped, except to a year so
     * that arithmetic on it is safe: the retry policy decides how much of it to honour.
     */
    default Optional<Duration> retryHint() {
        return Optional.empty();
    }

    /**
     * The consumer may have processed the request although the call failed: it had begun to be sent when the call was lost,
     * or a gateway answered 502 or 504. Such an attempt makes the next one a possible duplicate.
     */
    boolean mayHaveArrived();

    /** Whom the call has reached. */
    default Reach reach() {
        return Reach.SOMEBODY;
    }

    /** Whether somebody had the call: one attempt more that has failed, or that was answered (G7). */
    default boolean attempted() {
        return reach() == Reach.SOMEBODY;
    }

    /** A short stable code for metrics and records, at most 32 characters, such as {@code status-503} or {@code dns}. */
    String reason();

    /** A sentence for an operator, printable, at most 200 characters; never holds credentials or request headers. */
    String detail();

    /** Answered with a 2xx; known once the status line of the final answer arrived, whatever comes after. */
    record Delivered(int status) implements Outcome {
        @Override
        public boolean delivered() {
            return true;
        }

        @Override
        public boolean mayHaveArrived() {
            return true;
        }

        @Override
        public String reason() {
            return "status-" + status;
        }

        @Override
        public String detail() {
            return "The consumer answered " + status;
        }
    }

    /** Answered with anything else; the detail ends with the first bytes of the answer's body. */
    record Rejected(int status, Optional<Duration> retryHint, String detail) implements Outcome {
        @Override
        public boolean mayHaveArrived() {
            return status == 502 || status == 504;
        }

        @Override
        public String reason() {
            return (status >= 300 && status < 400 ? "redirect-" : "status-") + status;
        }
    }

    /** No answer in time. */
    record TimedOut(String reason, Reach reach, boolean mayHaveArrived, String detail) implements Outcome {}

    /** We would not make this call: its URL or a header is malformed, or its host has a forbidden address. */
    record Refused(String reason, String detail) implements Outcome {
        @Override
        public boolean mayHaveArrived() {
            return false;
        }
    }

    /** No usable answer: unknown host, no connection, refused by a proxy, no TLS, connection lost, garbage instead of HTTP, shutdown. */
    record Unreachable(String reason, Reach reach, boolean mayHaveArrived, String detail) implements Outcome {}
}
