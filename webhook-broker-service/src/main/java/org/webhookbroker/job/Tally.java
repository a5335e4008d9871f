package org.webhookbroker.job;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.BulkWrite;
import org.webhookbroker.database.Xid;

/**
 * What one transaction adds to the counters, written once at its end. The counters make accepted = delivered + dead +
 * removed + live provable (G2) and reading them cheap. Rows are kept per incarnation, so that nodes do not wait for each
 * other, and written in the order of their keys, so that transactions of one node do not deadlock. Not thread-safe.
 */
public final class Tally {
    /**
     * The row of no incarnation, which can be written without having one. No settlement writes it, so none waits for a slow
     * transaction that does. What ended incarnations counted is added to it.
     */
    public static final int COMMON = 0;

    /** Of one statement: an intake for a thousand channels changes two thousand counters. */
    private static final int ROWS = 500;

    private enum Counter {
        ACCEPTED,
        DELIVERED,
        DEAD,
        REMOVED,
        ARCHIVED,
        DIED;

        String column() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String COLUMNS =
            Stream.of(Counter.values()).map(Counter::column).collect(Collectors.joining(", "));

    private static final String TIMES = """
            , first_delivered_at = COALESCE(first_delivered_at, VALUES(first_delivered_at)),
              last_delivered_at = COALESCE(VALUES(last_delivered_at), last_delivered_at)
            """;

    private static final class Counts {
        private final Map<Counter, Long> counts = new EnumMap<>(Counter.class);

        long of(Counter counter) {
            return counts.getOrDefault(counter, 0L);
        }
    }

    private final Map<Xid, Counts> changes = new TreeMap<>();

    public Tally accepted(Xid owner, long count) {
        return add(owner, Counter.ACCEPTED, count);
    }

    public Tally delivered(Xid owner, long count) {
        return add(owner, Counter.DELIVERED, count);
    }

    /** Negative for dead jobs that were requeued or purged; deaths are counted besides, for good. */
    public Tally dead(Xid owner, long count) {
        return add(owner, Counter.DEAD, count).add(owner, Counter.DIED, Math.max(count, 0));
    }

    public Tally removed(Xid owner, long count) {
        return add(owner, Counter.REMOVED, count);
    }

    /** Delivered jobs of a consumer, or messages of a channel, that left the tables for an archive. */
    public Tally archived(Xid owner, long count) {
        return add(owner, Counter.ARCHIVED, count);
    }

    public void write(Handle handle, int incarnation) {
        List<Xid> owners = List.copyOf(changes.keySet());
        for (int from = 0; from < owners.size(); from += ROWS) {
            write(handle, incarnation, owners.subList(from, Math.min(from + ROWS, owners.size())));
        }
    }

    /** Names only the counters that change, since the server reads all of the statement as text. */
    private void write(Handle handle, int incarnation, List<Xid> owners) {
        List<Counts> rows = owners.stream().map(this::of).toList();
        List<Counter> changed = Stream.of(Counter.values())
                .filter(counter -> rows.stream().anyMatch(counts -> counts.of(counter) != 0))
                .toList();
        if (changed.isEmpty()) {
            return;
        }
        String values = Stream.of(Counter.values())
                .map(counter -> changed.contains(counter) ? "?" : "0")
                .collect(Collectors.joining(", "));
        boolean delivers = changed.contains(Counter.DELIVERED);
        boolean onlyDelivers = rows.stream().allMatch(counts -> counts.of(Counter.DELIVERED) > 0);
        String when =
                onlyDelivers ? "UTC_TIMESTAMP(6)" : delivers ? "IF(delivered > 0, UTC_TIMESTAMP(6), NULL)" : "NULL";
        String updates = changed.stream()
                .map(counter -> "%1$s = %1$s + VALUES(%1$s)".formatted(counter.column()))
                .collect(Collectors.joining(", "));
        BulkWrite.execute(
                handle,
                "INSERT INTO tally (owner_id, incarnation, " + COLUMNS
                        + ", first_delivered_at, last_delivered_at) VALUES ",
                "(?, " + incarnation + ", " + String.join(", ", values, when, when) + ")",
                " ON DUPLICATE KEY UPDATE " + updates + (delivers ? TIMES : ""),
                owners,
                (row, first, owner) -> {
                    row.setBytes(first, owner.bytes());
                    for (int i = 0; i < changed.size(); i++) {
                        row.setLong(first + 1 + i, of(owner).of(changed.get(i)));
                    }
                });
    }

    private Tally add(Xid owner, Counter counter, long count) {
        of(owner).counts.merge(counter, count, Long::sum);
        return this;
    }

    private Counts of(Xid owner) {
        return changes.computeIfAbsent(owner, id -> new Counts());
    }
}
