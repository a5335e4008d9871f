package org.webhookbroker.fault;

/**
 * Something that breaks, and is over when it returns.
 *
 * @param redOn the node whose health check must turn red meanwhile; {@link #NOBODY} where none has to
 */
record Fault(String name, int redOn, Break action) {
    static final int NOBODY = -1;

    static Fault unseen(String name, Break action) {
        return new Fault(name, NOBODY, action);
    }

    static Fault redOn(int node, String name, Break action) {
        return new Fault(name, node, action);
    }

    /** Breaks something, waits while the fault lasts, and mends what does not mend itself. */
    interface Break {
        void run() throws Exception;
    }
}
