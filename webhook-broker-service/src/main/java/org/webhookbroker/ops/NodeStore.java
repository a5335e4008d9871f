package org.webhookbroker.ops;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;

/** The incarnations of all nodes, as an operator asks for them. */
final class NodeStore {
    /** @param silence since its last heartbeat, by the database's clock */
    record Node(int incarnation, String name, Instant startedAt, Duration silence, boolean ended) {}

    /** Oldest first. Those that ended are here only until their jobs are taken over. */
    List<Node> nodes(Handle handle) {
        return handle.createQuery("""
                        SELECT id, node, started_at, ended, TIMESTAMPDIFF(MICROSECOND, seen_at, UTC_TIMESTAMP(6)) AS silence
                        FROM incarnation ORDER BY id
                        """)
                .map((row, context) -> new Node(
                        row.getInt("id"),
                        row.getString("node"),
                        Columns.instant(row, "started_at"),
                        Duration.of(row.getLong("silence"), ChronoUnit.MICROS),
                        row.getBoolean("ended")))
                .list();
    }
}
