package org.webhookbroker.fault;

/**
 * Something that breaks, and is over when it returns.
 *
 * @param redOn the node whose health check must turn red meanwhile; {@link #NOBODY} where none has to
 * @param freezes whether it stops a process in the middle of what it does
 */
record Fault(String name, int redOn, boolean freezes, Break action) {
    static final int NOBODY = -1;

    static Fault unseen(String name, Break action) {
        return new Fault(name, NOBODY, false, action);
    }

    static Fault redOn(int node, String name, Break action) {
        return new Fault(name, node, false, action);
    }

    /** Breaks something, waits while the fault lasts, and mends what does not mend itself. */
    interface Break {
        void run() throws Exception;
    }
}
