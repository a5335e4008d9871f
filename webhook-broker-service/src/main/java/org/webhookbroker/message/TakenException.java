package org.webhookbroker.message;

/** Rolls a group back, one of whose ids is taken. For ids that no unique key of the table guards. */
public final class TakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TakenException() {
        super("An id of the group is taken", null, false, false);
    }
}
