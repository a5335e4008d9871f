package org.webhookbroker.audit;

import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/** Where whoever changes something writes down who did it, in the transaction that changes it. Thread-safe. */
public final class AuditTrail {
    private final Database database;
    private final AuditStore store = new AuditStore();

    public AuditTrail(Database database) {
        this.database = database;
    }

    /** In the transaction of {@code handle}: there is no change without its record, and no record without its change. */
    public void record(Handle handle, AuditRecord what) {
        insert(handle, what);
    }

    /** What is done at once, and recorded if anything is changed by it. */
    public Operation once(AuditRecord what) {
        return new Operation(database, store, what.ended(Outcome.DONE, 0));
    }

    /** What takes many transactions. End it always. */
    public Operation begin(AuditRecord what) {
        return new Operation(database, store, what.ended(Outcome.BEGUN, 0));
    }

    private void insert(Handle handle, AuditRecord what) {
        Xid id = store.insert(handle, what);
        handle.afterCommit(() -> AuditLog.write(new AuditEntry(id, what)));
    }
}
