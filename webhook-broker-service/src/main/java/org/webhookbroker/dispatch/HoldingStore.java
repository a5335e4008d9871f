package org.webhookbroker.dispatch;

import java.time.Instant;
import java.util.List;
import java.util.function.BiPredicate;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LiveJob;

/** Reads from the table who holds jobs, and which. */
final class HoldingStore {
    /** Says that a consumer has live jobs under this holder. Holder 0 means that they are queued. */
    record Holding(Xid consumer, int holder) {}

    /** A job that an incarnation holds, and since when. */
    record Held(Xid job, Xid consumer, int holder, Instant since) {}

    /** A loose scan of the lease index: a few reads a consumer, however many jobs it has. */
    static final String HOLDINGS =
            "SELECT consumer_id, holder FROM job FORCE INDEX FOR GROUP BY (job_lease) GROUP BY consumer_id, holder";

    /** The same scan finds the consumers of whom this incarnation holds a job, and then these jobs. */
    static final String HELD = "SELECT job.id, job.consumer_id, job.changed_at FROM (" + HOLDINGS + """
            ) AS held
            STRAIGHT_JOIN job FORCE INDEX (job_lease) ON job.consumer_id = held.consumer_id AND job.holder = held.holder
            WHERE held.holder = :holder
            """;

    /** Without the leases of pull consumers, which belong to no incarnation and end by their time alone. */
    List<Holding> holdings(Handle handle) {
        return handle.createQuery(HOLDINGS)
                .map((row, context) -> new Holding(Columns.xid(row, "consumer_id"), row.getInt("holder")))
                .filter(holding -> holding.holder() != LiveJob.PULL_HOLDER)
                .list();
    }

    /** What this incarnation holds, but for what is known. One statement, however many consumers there are. */
    List<Held> heldBy(Handle handle, int incarnation, BiPredicate<Xid, Xid> knows) {
        return handle
                .createQuery(HELD)
                .bind("holder", incarnation)
                .map((row, context) -> new Held(
                        Columns.xid(row, "id"),
                        Columns.xid(row, "consumer_id"),
                        incarnation,
                        Columns.instant(row, "changed_at")))
                .stream()
                .filter(held -> !knows.test(held.consumer(), held.job()))
                .toList();
    }
}
