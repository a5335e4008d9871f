package org.webhookbroker.message;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Counts the messages that are really in the table, which the tally must agree with (G2). */
public final class MessageRecountStore {
    private record Chunk(int count, Xid last) {}

    /** Bounded, so that no statement gets near the time limit of its connection. */
    private static final int CHUNK = 100_000;

    /**
     * By channel. The caller's transaction decides as of when.
     *
     * @param progress told the number of rows of each chunk
     */
    public Map<Xid, Long> recount(Handle handle, IntConsumer progress) {
        Map<Xid, Long> recounts = new TreeMap<>();
        handle.createQuery("SELECT DISTINCT channel_id FROM message")
                .mapTo(Xid.class)
                .list()
                .forEach(channel -> recounts.put(channel, recount(handle, channel, progress)));
        return recounts;
    }

    private static long recount(Handle handle, Xid channel, IntConsumer progress) {
        long sum = 0;
        Xid cursor = new Xid(0, 0);
        for (Chunk chunk = new Chunk(CHUNK, cursor); chunk.count() == CHUNK; cursor = chunk.last()) {
            chunk = chunk(handle, channel, cursor);
            progress.accept(chunk.count());
            sum += chunk.count();
        }
        return sum;
    }

    private static Chunk chunk(Handle handle, Xid channel, Xid cursor) {
        // The hint: this index has the ids, while the primary key would read the payloads with them.
        return handle.createQuery("""
                        SELECT COUNT(*) AS count, COALESCE(MAX(id), :cursor) AS last
                        FROM (SELECT id FROM message FORCE INDEX (message_channel)
                              WHERE channel_id = :channel AND id > :cursor ORDER BY id LIMIT :chunk) AS chunk
                        """)
                .bind("channel", channel)
                .bind("cursor", cursor)
                .bind("chunk", CHUNK)
                .map((row, context) -> new Chunk(row.getInt("count"), Columns.xid(row, "last")))
                .one();
    }
}
