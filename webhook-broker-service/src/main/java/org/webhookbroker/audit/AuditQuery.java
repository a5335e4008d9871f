package org.webhookbroker.audit;

import java.time.Instant;
import java.util.Optional;
import org.webhookbroker.database.Xid;

/**
 * Which entries are wanted, the newest first.
 *
 * @param from not before this
 * @param to before this
 * @param before only those behind this id
 * @param limit so many at most
 */
public record AuditQuery(
        Filters filters, Optional<Instant> from, Optional<Instant> to, Optional<Xid> before, int limit) {
    /** Each names what an entry must have. */
    public record Filters(
            Optional<String> actor,
            Optional<Action> action,
            Optional<Target.Kind> kind,
            Optional<String> target,
            Optional<String> channel) {
        public static final Filters NONE =
                new Filters(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static final Xid NEWEST = new Xid(-1, -1);

    /** Ids are below this. */
    Xid below() {
        Xid end = to.map(AuditEntry::first).orElse(NEWEST);
        return before.filter(id -> id.compareTo(end) < 0).orElse(end);
    }

    /** Ids are this one or above. */
    Xid least() {
        return from.map(AuditEntry::first).orElse(new Xid(0, 0));
    }
}
