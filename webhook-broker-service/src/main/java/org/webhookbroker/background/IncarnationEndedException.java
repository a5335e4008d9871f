package org.webhookbroker.background;

/** This node was taken for dead. The heartbeat starts a new incarnation; what was being done is to be done again under it. */
public final class IncarnationEndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IncarnationEndedException(int id) {
        super("Incarnation " + id + " has been declared dead");
    }
}
