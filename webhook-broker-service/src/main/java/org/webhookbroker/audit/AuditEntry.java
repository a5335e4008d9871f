package org.webhookbroker.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.webhookbroker.database.Xid;

/** A record as it is stored. The id is the time by the clock of the database, which all nodes share, and is made unique by four random bytes. */
public record AuditEntry(Xid id, AuditRecord record) {
    /** To the microsecond. */
    public Instant at() {
        return at(id);
    }

    static Instant at(Xid id) {
        return Instant.EPOCH.plus(id.high(), ChronoUnit.MICROS);
    }

    /** The first id of that moment. */
    static Xid first(Instant at) {
        return new Xid(ChronoUnit.MICROS.between(Instant.EPOCH, at), 0);
    }
}
