package org.webhookbroker.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The broker refused a call, or could not be reached until the call's deadline. Its texts hold no token, key or secret that the
 * client was given, of six characters or more.
 */
public final class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String text;
    private final transient Duration retryAfter;

    BrokerException(String call, int status, String text, Duration retryAfter, @Nullable Throwable cause) {
        super(call + ": " + (status == 0 ? "" : status + " ") + text, cause);
        this.status = status;
        this.text = text;
        this.retryAfter = retryAfter;
    }

    /** There was no answer that can be used. */
    BrokerException(String call, String text, @Nullable Throwable cause) {
        this(call, 0, text, Duration.ZERO, cause);
    }

    /** That of the last answer; 0 if there was none. After 0, 503, 502 and 504 the broker may have done what was asked, or not. */
    public int status() {
        return status;
    }

    /** What the broker says, at most 1000 characters; or, if there was no answer, why. */
    public String text() {
        return text;
    }

    /** For how long the answer asks us to wait; zero if it does not. */
    Duration retryAfter() {
        return retryAfter;
    }
}
