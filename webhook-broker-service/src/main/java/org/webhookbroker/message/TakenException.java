package org.webhookbroker.message;

/** Rolls a group back: one of its ids is taken, though no unique key of the table says so. */
public final class TakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TakenException() {
        super("An id of the group is taken", null, false, false);
    }
}
