package org.webhookbroker.database;

import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Runs one transaction on a connection of the pool. Connections stay in manual commit for all their life ({@link SessionVariables}), so
 * nothing needs to be sent to begin a transaction. Jdbi takes such a connection for one whose transactions are somebody else's, and
 * would neither commit nor roll back.
 */
record ManualCommit(Jdbi jdbi) {
    /**
     * Commits what the callback did, or nothing of it.
     *
     * @param beforeCommit run when the callback has succeeded: if this fails afterwards, it may have been committed
     */
    <T, X extends Exception> T commit(HandleCallback<T, X> work, Runnable beforeCommit) throws X {
        return jdbi.withHandle(handle -> {
            handle.begin();
            T result;
            try {
                result = work.withHandle(handle);
            } catch (Throwable failure) {
                try {
                    handle.rollback();
                } catch (JdbiException lost) {
                    failure.addSuppressed(lost);
                }
                throw failure;
            }
            beforeCommit.run();
            handle.commit();
            return result;
        });
    }
}
