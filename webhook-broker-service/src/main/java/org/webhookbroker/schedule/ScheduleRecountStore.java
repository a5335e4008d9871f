package org.webhookbroker.schedule;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Counts the scheduled messages that are really in the tables, which the tally must agree with (G2). */
public final class ScheduleRecountStore {
    private record Chunk(int count, Xid last) {}

    /** Of one channel: its records by state, and how many wait for promotion. */
    public record Recount(Map<ScheduleState, Long> records, long waiting) {
        public static final Recount NONE = new Recount(Map.of(), 0);

        public long in(ScheduleState state) {
            return records.getOrDefault(state, 0L);
        }
    }

    /** Bounded, so that no statement gets near the time limit of its connection. */
    private static final int CHUNK = 100_000;

    /**
     * By channel. The caller's transaction decides as of when.
     *
     * @param progress told the number of rows of each chunk
     */
    public Map<Xid, Recount> recount(Handle handle, IntConsumer progress) {
        Map<Xid, Recount> recounts = new TreeMap<>();
        handle.createQuery(
                        "SELECT DISTINCT channel_id FROM scheduled_message UNION SELECT DISTINCT channel_id FROM scheduled_due")
                .mapTo(Xid.class)
                .list()
                .forEach(channel -> recounts.put(channel, recount(handle, channel, progress)));
        return recounts;
    }

    private static Recount recount(Handle handle, Xid channel, IntConsumer progress) {
        Map<ScheduleState, Long> records = new EnumMap<>(ScheduleState.class);
        for (ScheduleState state : ScheduleState.values()) {
            records.put(state, count(handle, channel, state, progress));
        }
        // The table is as small as what waits; its index by channel has all that this needs.
        long waiting = handle.createQuery("SELECT COUNT(*) FROM scheduled_due WHERE channel_id = :channel")
                .bind("channel", channel)
                .mapTo(Long.class)
                .one();
        progress.accept((int) waiting);
        return new Recount(records, waiting);
    }

    private static long count(Handle handle, Xid channel, ScheduleState state, IntConsumer progress) {
        long sum = 0;
        Xid cursor = new Xid(0, 0);
        for (Chunk chunk = new Chunk(CHUNK, cursor); chunk.count() == CHUNK; cursor = chunk.last()) {
            chunk = chunk(handle, channel, state, cursor);
            progress.accept(chunk.count());
            sum += chunk.count();
        }
        return sum;
    }

    private static Chunk chunk(Handle handle, Xid channel, ScheduleState state, Xid cursor) {
        // The hint: this index has the ids, while the primary key would read the payloads with them.
        return handle.createQuery("""
                        SELECT COUNT(*) AS count, COALESCE(MAX(id), :cursor) AS last
                        FROM (SELECT id FROM scheduled_message FORCE INDEX (scheduled_message_status)
                              WHERE channel_id = :channel AND status = :status AND id > :cursor
                              ORDER BY id LIMIT :chunk) AS chunk
                        """)
                .bind("channel", channel)
                .bind("status", state.code())
                .bind("cursor", cursor)
                .bind("chunk", CHUNK)
                .map((row, context) -> new Chunk(row.getInt("count"), Columns.xid(row, "last")))
                .one();
    }
}
