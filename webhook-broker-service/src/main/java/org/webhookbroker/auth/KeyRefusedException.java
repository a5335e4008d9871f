package org.webhookbroker.auth;

/** A key that cannot be made or revoked; the message says why and what to do. */
public final class KeyRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeyRefusedException(String message) {
        super(message, null, false, false);
    }
}
