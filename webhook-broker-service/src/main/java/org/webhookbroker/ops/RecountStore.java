package org.webhookbroker.ops;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;
import org.webhookbroker.schedule.ScheduleState;

/**
 * Counts the rows that are really in the tables, which the tallies must agree with (G2). Slow: reads every row, in chunks, so that no
 * statement gets near the time limit of its connection. The caller's transaction decides as of when; each method tells
 * {@code progress} the number of rows of each chunk.
 */
public final class RecountStore {
    /** The jobs of one consumer. */
    public record Jobs(long live, long delivered, long dead) {
        public static final Jobs NONE = new Jobs(0, 0, 0);

        private Jobs plus(Jobs other) {
            return new Jobs(live + other.live, delivered + other.delivered, dead + other.dead);
        }
    }

    /** The scheduled messages of one channel: records by state, and how many wait for promotion. */
    public record Schedules(Map<ScheduleState, Long> records, long waiting) {
        public static final Schedules NONE = new Schedules(Map.of(), 0);

        public long in(ScheduleState state) {
            return records.getOrDefault(state, 0L);
        }
    }

    private enum JobTable {
        JOB("job"),
        DELIVERED("delivered_job"),
        DEAD("dead_job");

        private final String sqlName;

        JobTable(String sqlName) {
            this.sqlName = sqlName;
        }

        Jobs of(long count) {
            return new Jobs(this == JOB ? count : 0, this == DELIVERED ? count : 0, this == DEAD ? count : 0);
        }
    }

    private record Group(Xid consumer, long count, Xid last) {}

    private record Chunk(int count, Xid last) {}

    private static final int CHUNK = 100_000;
    private static final Xid FIRST = new Xid(0, 0);

    /** By consumer. */
    public Map<Xid, Jobs> jobs(Handle handle, IntConsumer progress) {
        Map<Xid, Jobs> recounts = new TreeMap<>();
        for (JobTable table : JobTable.values()) {
            Optional<Xid> cursor = Optional.of(FIRST);
            while (cursor.isPresent()) {
                List<Group> groups = jobs(handle, table, cursor.get());
                groups.forEach(group -> recounts.merge(group.consumer(), table.of(group.count()), Jobs::plus));
                int rows = (int) groups.stream().mapToLong(Group::count).sum();
                progress.accept(rows);
                cursor = rows < CHUNK
                        ? Optional.empty()
                        : groups.stream().map(Group::last).max(Xid::compareTo);
            }
        }
        return recounts;
    }

    private static List<Group> jobs(Handle handle, JobTable table, Xid cursor) {
        return handle.createQuery("""
                        SELECT consumer_id, COUNT(*) AS count, MAX(id) AS last
                        FROM (SELECT id, consumer_id FROM <table> WHERE id > :cursor ORDER BY id LIMIT :chunk) AS chunk
                        GROUP BY consumer_id
                        """)
                .define("table", table.sqlName)
                .bind("cursor", cursor)
                .bind("chunk", CHUNK)
                .map((row, context) ->
                        new Group(Columns.xid(row, "consumer_id"), row.getLong("count"), Columns.xid(row, "last")))
                .list();
    }

    /** By channel. */
    public Map<Xid, Long> messages(Handle handle, IntConsumer progress) {
        Map<Xid, Long> recounts = new TreeMap<>();
        handle.createQuery("SELECT DISTINCT channel_id FROM message")
                .mapTo(Xid.class)
                .list()
                .forEach(channel -> recounts.put(channel, sum(progress, cursor -> messages(handle, channel, cursor))));
        return recounts;
    }

    private static Chunk messages(Handle handle, Xid channel, Xid cursor) {
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

    /** By channel. */
    public Map<Xid, Schedules> schedules(Handle handle, IntConsumer progress) {
        Map<Xid, Schedules> recounts = new TreeMap<>();
        handle.createQuery(
                        "SELECT DISTINCT channel_id FROM scheduled_message UNION SELECT DISTINCT channel_id FROM scheduled_due")
                .mapTo(Xid.class)
                .list()
                .forEach(channel -> recounts.put(channel, schedules(handle, channel, progress)));
        return recounts;
    }

    private static Schedules schedules(Handle handle, Xid channel, IntConsumer progress) {
        Map<ScheduleState, Long> records = new EnumMap<>(ScheduleState.class);
        for (ScheduleState state : ScheduleState.values()) {
            records.put(state, sum(progress, cursor -> schedules(handle, channel, state, cursor)));
        }
        // The table is as small as what waits; its index by channel has all that this needs.
        long waiting = handle.createQuery("SELECT COUNT(*) FROM scheduled_due WHERE channel_id = :channel")
                .bind("channel", channel)
                .mapTo(Long.class)
                .one();
        progress.accept((int) waiting);
        return new Schedules(records, waiting);
    }

    private static Chunk schedules(Handle handle, Xid channel, ScheduleState state, Xid cursor) {
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

    private static long sum(IntConsumer progress, Function<Xid, Chunk> chunkBehind) {
        long sum = 0;
        Chunk chunk = new Chunk(CHUNK, FIRST);
        while (chunk.count() == CHUNK) {
            chunk = chunkBehind.apply(chunk.last());
            progress.accept(chunk.count());
            sum += chunk.count();
        }
        return sum;
    }
}
