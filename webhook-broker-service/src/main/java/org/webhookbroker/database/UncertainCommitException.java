package org.webhookbroker.database;

/** The connection broke while a transaction was being committed: it may have happened or not. */
public final class UncertainCommitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UncertainCommitException(Throwable cause) {
        super("The database went away during a commit, which may have happened or not", cause);
    }
}
