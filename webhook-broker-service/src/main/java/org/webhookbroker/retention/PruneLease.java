package org.webhookbroker.retention;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/**
 * Lets only one run in the cluster prune at a time. It avoids double archives; pruning is safe without it, so an upload that
 * outlasts it does no harm.
 */
final class PruneLease {
    /** Longer than the upload of a file may take, since nothing renews it meanwhile. */
    private static final int SECONDS = 15 * 60;

    private final Database database;
    private final Xid holder;

    /** @param holder an id of its own for each run */
    PruneLease(Database database, Xid holder) {
        this.database = database;
        this.holder = holder;
    }

    /** False while another run has it. A run that was killed has it for up to a quarter of an hour more. */
    boolean take() {
        try {
            database.inTransaction(handle -> {
                handle.execute("DELETE FROM prune_lease WHERE expires_at < UTC_TIMESTAMP(6)");
                return handle.createUpdate("""
                                INSERT INTO prune_lease (id, holder, expires_at)
                                VALUES (1, :holder, UTC_TIMESTAMP(6) + INTERVAL :seconds SECOND)
                                """)
                        .bind("holder", holder)
                        .bind("seconds", SECONDS)
                        .execute();
            });
            return true;
        } catch (JdbiException failure) {
            if (Database.isDuplicateKey(failure)) {
                return false;
            }
            throw failure;
        }
    }

    /** Runs in the caller's transaction, whose lock on the row keeps another run from beginning until it ends. */
    void renew(Handle handle) {
        int renewed = handle.createUpdate("""
                        UPDATE prune_lease SET expires_at = UTC_TIMESTAMP(6) + INTERVAL :seconds SECOND
                        WHERE holder = :holder
                        """)
                .bind("holder", holder)
                .bind("seconds", SECONDS)
                .execute();
        if (renewed != 1) {
            throw new RetentionException("This run of pruning was silent for more than " + SECONDS
                    + " s, and another one has begun. What this one has archived and not deleted is archived again");
        }
    }

    void release() {
        database.withHandle(handle -> handle.createUpdate("DELETE FROM prune_lease WHERE holder = :holder")
                .bind("holder", holder)
                .execute());
    }
}
