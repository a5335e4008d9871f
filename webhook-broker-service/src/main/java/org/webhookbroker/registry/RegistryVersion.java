package org.webhookbroker.registry;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The one row that orders changes of the registry against the transactions that write jobs from it. */
final class RegistryVersion {
    static final String LOCK_BOTH = """
            SELECT version FROM registry_version STRAIGHT_JOIN incarnation
            WHERE registry_version.id = 1 AND incarnation.id = :incarnation AND NOT incarnation.ended LOCK IN SHARE MODE
            """;

    private RegistryVersion() {}

    static long read(Handle handle) {
        return handle.createQuery("SELECT version FROM registry_version WHERE id = 1")
                .mapTo(Long.class)
                .one();
    }

    /** No node can change the registry until this transaction ends. */
    static long lock(Handle handle) {
        return handle.createQuery("SELECT version FROM registry_version WHERE id = 1 LOCK IN SHARE MODE")
                .mapTo(Long.class)
                .one();
    }

    /**
     * As {@link #lock}, and then locks the row of an incarnation, so that nobody declares it dead. Empty if somebody has.
     * STRAIGHT_JOIN, as the first of the two is locked first.
     */
    static Optional<Long> lock(Handle handle, int incarnation) {
        return handle.createQuery(LOCK_BOTH)
                .bind("incarnation", incarnation)
                .mapTo(Long.class)
                .findOne();
    }

    /**
     * Waits for writers of jobs that read the old registry; holds off new ones until this transaction ends. A transaction that
     * waits for it holds them off too.
     */
    static void lockForChange(Handle handle) {
        handle.execute("SELECT version FROM registry_version WHERE id = 1 FOR UPDATE WAIT 1");
    }

    /** In the transaction that has it {@linkplain #lockForChange locked}. Returns the new one. */
    static long increment(Handle handle) {
        int changed = handle.createUpdate("UPDATE registry_version SET version = version + 1 WHERE id = 1")
                .execute();
        if (changed != 1) {
            throw new IllegalStateException("registry_version has lost its row: run the db migrate command");
        }
        return read(handle);
    }
}
