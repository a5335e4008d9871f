package org.webhookbroker.outbound;

/** A call that cannot be put on the wire as asked. Never leaves this package. */
final class BadCall extends Exception {
    private final String reason;

    BadCall(String reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    Outcome outcome() {
        return new Outcome.Refused(reason, String.valueOf(getMessage()));
    }
}
