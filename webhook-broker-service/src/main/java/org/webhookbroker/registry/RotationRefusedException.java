package org.webhookbroker.registry;

/** The secret of a consumer cannot be rotated as it is. */
public final class RotationRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    RotationRefusedException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    /** Why, and the way out. */
    public String reason() {
        return reason;
    }
}
