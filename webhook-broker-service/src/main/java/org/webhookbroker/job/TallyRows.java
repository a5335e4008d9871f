package org.webhookbroker.job;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.BulkWrite;
import org.webhookbroker.database.Xid;

/** Writes the counters. Their rows are written in the order of their keys, so that transactions do not deadlock. */
final class TallyRows {
    /** Of one statement. */
    private static final int ROWS = 500;

    private static final String COLUMNS =
            Counter.ALL.stream().map(Counter::column).collect(Collectors.joining(", "));

    private static final String TIMES = """
            , first_delivered_at = COALESCE(LEAST(first_delivered_at, VALUES(first_delivered_at)),
                first_delivered_at, VALUES(first_delivered_at)),
              last_delivered_at = COALESCE(GREATEST(last_delivered_at, VALUES(last_delivered_at)),
                last_delivered_at, VALUES(last_delivered_at))
            """;

    void add(Handle handle, int incarnation, Changes changes) {
        List<Map.Entry<Xid, Counts>> rows = List.copyOf(new TreeMap<>(changes.byOwner()).entrySet());
        for (int from = 0; from < rows.size(); from += ROWS) {
            add(handle, incarnation, rows.subList(from, Math.min(from + ROWS, rows.size())));
        }
    }

    /** Names only the counters that change, since the server reads all of the statement as text. */
    private static void add(Handle handle, int incarnation, List<Map.Entry<Xid, Counts>> rows) {
        List<Counter> changed = Counter.ALL.stream()
                .filter(counter -> rows.stream().anyMatch(row -> row.getValue().of(counter) != 0))
                .toList();
        if (changed.isEmpty()) {
            return;
        }
        String values = Counter.ALL.stream()
                .map(counter -> changed.contains(counter) ? "?" : "0")
                .collect(Collectors.joining(", "));
        boolean delivers = changed.contains(Counter.DELIVERED);
        boolean now = rows.stream()
                .anyMatch(row -> row.getValue().of(Counter.DELIVERED) != 0
                        && row.getValue().firstDelivered() == null);
        String when = !delivers ? "NULL" : now ? "IF(delivered > 0, UTC_TIMESTAMP(6), NULL)" : "?";
        String updates = changed.stream()
                .map(counter -> "%1$s = %1$s + VALUES(%1$s)".formatted(counter.column()))
                .collect(Collectors.joining(", "));
        BulkWrite.execute(
                handle,
                "INSERT INTO tally (owner_id, incarnation, " + COLUMNS
                        + ", first_delivered_at, last_delivered_at) VALUES ",
                "(?, " + incarnation + ", " + String.join(", ", values, when, when) + ")",
                " ON DUPLICATE KEY UPDATE " + updates + (delivers ? TIMES : ""),
                rows,
                (statement, first, row) -> {
                    int next = first;
                    statement.setBytes(next++, row.getKey().bytes());
                    Counts counts = row.getValue();
                    for (Counter counter : changed) {
                        statement.setLong(next++, counts.of(counter));
                    }
                    if (delivers && !now) {
                        bind(statement, next++, counts.firstDelivered());
                        bind(statement, next, counts.lastDelivered());
                    }
                });
    }

    private static void bind(PreparedStatement statement, int position, @Nullable Instant time) throws SQLException {
        statement.setObject(
                position, time == null ? null : time.atOffset(ZoneOffset.UTC).toLocalDateTime());
    }
}
