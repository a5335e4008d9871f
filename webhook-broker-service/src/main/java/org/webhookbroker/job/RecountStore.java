package org.webhookbroker.job;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Counts the jobs that are really in the tables, which the tally must agree with (G2). Slow: reads every row. */
public final class RecountStore {
    /** The jobs of one consumer. */
    public record Recount(long live, long delivered, long dead) {
        public static final Recount NONE = new Recount(0, 0, 0);

        private Recount plus(Recount other) {
            return new Recount(live + other.live, delivered + other.delivered, dead + other.dead);
        }
    }

    private enum Table {
        JOB("job"),
        DELIVERED("delivered_job"),
        DEAD("dead_job");

        private final String sqlName;

        Table(String sqlName) {
            this.sqlName = sqlName;
        }

        Recount of(long count) {
            return new Recount(this == JOB ? count : 0, this == DELIVERED ? count : 0, this == DEAD ? count : 0);
        }
    }

    private record Group(Xid consumer, long count, Xid last) {}

    /** Bounded, so that no statement gets near the time limit of its connection. */
    private static final int CHUNK = 100_000;

    /**
     * By consumer. The caller's transaction decides as of when.
     *
     * @param progress told the number of rows of each chunk
     */
    public Map<Xid, Recount> recount(Handle handle, IntConsumer progress) {
        Map<Xid, Recount> recounts = new TreeMap<>();
        for (Table table : Table.values()) {
            Optional<Xid> cursor = Optional.of(new Xid(0, 0));
            while (cursor.isPresent()) {
                List<Group> groups = chunk(handle, table, cursor.get());
                groups.forEach(group -> recounts.merge(group.consumer(), table.of(group.count()), Recount::plus));
                int rows = (int) groups.stream().mapToLong(Group::count).sum();
                progress.accept(rows);
                cursor = rows < CHUNK
                        ? Optional.empty()
                        : groups.stream().map(Group::last).max(Xid::compareTo);
            }
        }
        return recounts;
    }

    private static List<Group> chunk(Handle handle, Table table, Xid cursor) {
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
}
