package org.webhookbroker.message;

/** Rolls back a group with an id that is taken, where no unique key of the table guards the id. */
public final class TakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TakenException() {
        super("An id of the group is taken", null, false, false);
    }
}
