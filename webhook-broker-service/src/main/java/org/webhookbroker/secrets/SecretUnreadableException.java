package org.webhookbroker.secrets;

/** An encrypted value cannot be read here. Holds nothing secret. */
public final class SecretUnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    SecretUnreadableException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** What cannot be read, why, and the way out. */
    public String reason() {
        return reason;
    }

    /** Of an entry in memory, of which the log has said why. */
    public static SecretUnreadableException before() {
        return new SecretUnreadableException(
                "A secret of this entry could not be read when it was loaded; the log of then says why");
    }
}
