package org.webhookbroker.audit;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/**
 * One deed of many transactions, and its one record, which counts in each of them what that transaction changed. So the count is right also where the
 * process dies: then the record says {@code begun} for ever. What changes nothing is not recorded. Used by one thread.
 */
public final class Operation {
    private static final Logger LOG = LoggerFactory.getLogger(Operation.class);

    private final Database database;
    private final AuditStore store;
    private final AuditRecord what;
    private Optional<Xid> row = Optional.empty();
    private long count;
    private boolean isAlwaysRecorded;

    Operation(Database database, AuditStore store, AuditRecord what) {
        this.database = database;
        this.store = store;
        this.what = what;
    }

    public Who who() {
        return what.deed().who();
    }

    /** In the transaction of {@code handle}, once in each, and as its last statement. */
    public void add(Handle handle, long changed) {
        if (changed == 0) {
            return;
        }
        if (row.isEmpty() || !store.add(handle, row.get(), changed)) {
            insert(handle, changed);
        }
        handle.afterCommit(() -> count += changed);
    }

    private void insert(Handle handle, long changed) {
        AuditRecord first = what.ended(what.outcome(), changed);
        Xid id = store.insert(handle, first);
        handle.afterCommit(() -> {
            row = Optional.of(id);
            AuditLog.write(new AuditEntry(id, first));
        });
    }

    /** Before anything is changed, for what is recorded in any case; {@link #end} makes up for it where this fails. */
    public void begin() {
        isAlwaysRecorded = true;
        write("beginning", handle -> {
            insert(handle, 0);
            return true;
        });
    }

    /** Both at once, for what has changed nothing. */
    public void beginAndEnd(Outcome outcome) {
        isAlwaysRecorded = true;
        end(outcome);
    }

    /** @param whole false if it was cancelled, or failed, or its time was over */
    public void end(boolean whole) {
        end(whole ? Outcome.DONE : Outcome.UNFINISHED);
    }

    /** Says how it ended. What it changed is recorded already, so a failure here is nobody's. */
    public void end(Outcome outcome) {
        AuditRecord ended = what.ended(outcome, count);
        if (row.isPresent()) {
            Xid id = row.get();
            write("end", handle -> store.end(handle, id, outcome));
            AuditLog.write(new AuditEntry(id, ended));
        } else if (isAlwaysRecorded) {
            // If it cannot be stored the line at least, by our clock.
            Xid id = write("whole", handle -> store.insert(handle, ended))
                    .orElseGet(() -> AuditEntry.first(Instant.now()));
            AuditLog.write(new AuditEntry(id, ended));
        }
    }

    private <T> Optional<T> write(String part, HandleCallback<T, RuntimeException> statement) {
        try {
            return Optional.of(database.inTransaction(Database.LockWait.NEVER, statement));
        } catch (RuntimeException failure) {
            LOG.warn(
                    "The {} of {} on {} is not in the table audit: {}",
                    part,
                    what.deed().action().wireName(),
                    what.target().kind().wireName(),
                    failure.toString());
            return Optional.empty();
        }
    }
}
