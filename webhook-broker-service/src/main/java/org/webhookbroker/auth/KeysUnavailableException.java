package org.webhookbroker.auth;

/** Nobody knows which keys hold now, so none does. */
public final class KeysUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeysUnavailableException() {
        super("The database does not say which keys hold; try again", null, false, false);
    }
}
