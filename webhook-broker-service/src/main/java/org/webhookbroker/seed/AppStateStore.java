package org.webhookbroker.seed;

import java.security.SecureRandom;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Database;

/** The one row that says whether the broker is initialized, and which node is initializing it. Thread-safe. */
public final class AppStateStore {
    private static final int SALT_BYTES = 16;
    private static final int FINGERPRINT_BYTES = 32;

    private final Database database;

    public AppStateStore(Database database) {
        this.database = database;
    }

    public AppState read() {
        return database.withHandle(AppStateStore::find).orElse(AppState.NONE);
    }

    /** The state; created if this database has none yet. */
    AppState readOrCreate() {
        Optional<AppState> found = database.withHandle(AppStateStore::find);
        return found.isPresent() ? found.get() : database.inTransaction(AppStateStore::create);
    }

    /** Another node may have been faster: then its row counts. */
    private static AppState create(Handle handle) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        handle.createUpdate("""
                        INSERT IGNORE INTO app_state (id, status, salt, fingerprint, seeder)
                        VALUES (1, 1, :salt, :nothing, 0)
                        """)
                .bind("salt", salt)
                .bind("nothing", new byte[FINGERPRINT_BYTES])
                .execute();
        return find(handle).orElseThrow();
    }

    private static Optional<AppState> find(Handle handle) {
        return handle.createQuery("SELECT status, salt, fingerprint FROM app_state WHERE id = 1")
                .map((row, context) ->
                        new AppState(row.getInt("status"), row.getBytes("salt"), row.getBytes("fingerprint")))
                .findOne();
    }

    /**
     * True for the one node that is to apply the data with this fingerprint. A node that began and died is replaced; a node
     * that is doing it, or has done it, is not.
     */
    boolean claim(int incarnation, byte[] fingerprint) {
        return database.inTransaction(handle -> handle.createUpdate("""
                        UPDATE app_state SET status = 2, seeder = :incarnation
                        WHERE id = 1 AND (status = 1 OR (status = 3 AND fingerprint <> :fingerprint)
                          OR (status = 2 AND (seeder = :incarnation OR NOT EXISTS
                            (SELECT 1 FROM incarnation WHERE incarnation.id = app_state.seeder AND NOT ended))))
                        """)
                        .bind("incarnation", incarnation)
                        .bind("fingerprint", fingerprint)
                        .execute()
                == 1);
    }

    /** False if this node was taken for dead meanwhile, and so lost its claim. */
    boolean complete(int incarnation, byte[] fingerprint) {
        return database.inTransaction(handle -> handle.createUpdate("""
                        UPDATE app_state SET status = 3, fingerprint = :fingerprint
                        WHERE id = 1 AND status = 2 AND seeder = :incarnation
                        """)
                        .bind("incarnation", incarnation)
                        .bind("fingerprint", fingerprint)
                        .execute()
                == 1);
    }
}
