package org.webhookbroker.database;

/** The broker cannot start as things are; the message says why and what to do, and no stack trace would add to it. */
public final class StartRefusedException extends RuntimeException {
    public StartRefusedException(String message) {
        super(message);
    }

    public StartRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
