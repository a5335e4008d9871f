package org.webhookbroker.audit;

import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Writes rows of {@code audit}. */
final class AuditStore {
    /**
     * Whoever writes here may hold what intake waits for, such as the version of the registry. So it waits for nobody (G6): where somebody has
     * locked the table, its transaction fails at once, and is run again or refused.
     */
    private static final String AT_ONCE = "SET STATEMENT lock_wait_timeout = 0, innodb_lock_wait_timeout = 0 FOR ";

    Xid insert(Handle handle, AuditRecord record) {
        Who who = record.deed().who();
        return handle.createQuery(AT_ONCE + """
                        INSERT INTO audit (id, at, share, actor, actor_name, origin, action, kind, target, channel,
                          before_values, after_values, outcome, affected)
                        VALUES (
                          UNHEX(CONCAT(
                            LPAD(HEX(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))), 16, '0'),
                            LPAD(HEX(:random), 8, '0'))),
                          UTC_TIMESTAMP(6), :share, :actor, :name, :origin, :action, :kind, :target, :channel,
                          :before, :after, :outcome, :count)
                        RETURNING id
                        """)
                .bind(
                        "random",
                        Integer.toUnsignedLong(ThreadLocalRandom.current().nextInt()))
                .bind("share", record.share().code())
                .bind("actor", who.actor())
                .bind("name", who.name())
                .bind("origin", who.origin())
                .bind("action", record.deed().action().wireName())
                .bind("kind", record.target().kind().wireName())
                .bind("target", record.target().id())
                .bind("channel", record.target().channel())
                .bind("before", record.before())
                .bind("after", record.after())
                .bind("outcome", record.outcome().wireName())
                .bind("count", record.count())
                .map((row, context) -> Columns.xid(row, "id"))
                .one();
    }

    /** False if the row is gone. */
    boolean add(Handle handle, Xid id, long count) {
        return handle.createUpdate(AT_ONCE + "UPDATE audit SET affected = affected + :count WHERE id = :id")
                        .bind("id", id)
                        .bind("count", count)
                        .execute()
                == 1;
    }

    boolean end(Handle handle, Xid id, Outcome outcome) {
        return handle.createUpdate(AT_ONCE + "UPDATE audit SET outcome = :outcome WHERE id = :id")
                        .bind("id", id)
                        .bind("outcome", outcome.wireName())
                        .execute()
                == 1;
    }
}
