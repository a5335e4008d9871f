package org.webhookbroker.schedule;

import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.webhookbroker.database.Xid;

/**
 * What one transaction adds to the counters of scheduled messages, written once at its end, in the order of the keys. Rows are
 * by slot and not by incarnation, so nothing is left to fold when an incarnation ends. Not thread-safe.
 */
final class ScheduleTally {
    private static final int SLOTS = 8;

    private static final class Counts {
        private long accepted;
        private long dispatched;
        private long duplicates;
        private long cancelled;
    }

    private final Map<Xid, Counts> changes = new TreeMap<>();

    ScheduleTally accepted(Xid channel) {
        of(channel).accepted++;
        return this;
    }

    /** @param duplicate whether its id was taken, so that no message was made */
    ScheduleTally dispatched(Xid channel, boolean duplicate) {
        of(channel).dispatched++;
        of(channel).duplicates += duplicate ? 1 : 0;
        return this;
    }

    ScheduleTally cancelled(Xid channel) {
        of(channel).cancelled++;
        return this;
    }

    void write(Handle handle, int incarnation) {
        if (changes.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO scheduled_tally (channel_id, slot, accepted, dispatched, duplicates, cancelled)
                VALUES (?, ?, ?, ?, ?, ?)
                ON DUPLICATE KEY UPDATE accepted = accepted + VALUES(accepted), dispatched = dispatched + VALUES(dispatched),
                  duplicates = duplicates + VALUES(duplicates), cancelled = cancelled + VALUES(cancelled)
                """);
        changes.forEach((channel, counts) -> batch.bind(0, channel)
                .bind(1, Math.floorMod(incarnation, SLOTS))
                .bind(2, counts.accepted)
                .bind(3, counts.dispatched)
                .bind(4, counts.duplicates)
                .bind(5, counts.cancelled)
                .add());
        batch.execute();
    }

    private Counts of(Xid channel) {
        return changes.computeIfAbsent(channel, id -> new Counts());
    }
}
