package org.webhookbroker.background;

/** A pass has done all but some of its items, which have failed. */
final class ItemsFailedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    ItemsFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
