package org.webhookbroker.retention;

/** Pruning or restoring cannot go on; the message says what an operator can do. What was not archived is still stored. */
public final class RetentionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RetentionException(String message) {
        super(message);
    }

    RetentionException(String message, Throwable cause) {
        super(message + ": " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
