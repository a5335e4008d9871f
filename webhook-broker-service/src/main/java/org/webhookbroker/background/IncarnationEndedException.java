package org.webhookbroker.background;

/**
 * This node was taken for dead. The heartbeat starts a new incarnation; the interrupted work must be done again under the
 * new one.
 */
public final class IncarnationEndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public IncarnationEndedException(int id) {
        super("Incarnation " + id + " has been declared dead");
    }
}
