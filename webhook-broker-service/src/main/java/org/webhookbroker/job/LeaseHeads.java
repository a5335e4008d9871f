package org.webhookbroker.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/**
 * The heads of the sections in which jobs of a consumer are queued: all of them or, if a producer uses very many priorities, the
 * highest and the lowest of each line. Otherwise each look would read, and hold in memory, as many rows as there are priorities
 * (G6, G8). The lowest are those that starve; once they are gone others are the lowest (G11).
 *
 * @param complete whether these are all
 * @param now by the clock of the database; null if no row told
 */
public record LeaseHeads(
        List<Head> heads, boolean complete, @Nullable Instant now) {
    /**
     * The first job of a section.
     *
     * @param waitedMicros since it was due; negative until then
     */
    public record Head(WaitingLine line, int priority, Instant due, long waitedMicros) {
        Section section() {
            return new Section(line, priority);
        }

        boolean isDue() {
            return waitedMicros >= 0;
        }

        boolean retry() {
            return line != WaitingLine.FIRST;
        }
    }

    /** Of more priorities than this only some are looked at. */
    public static final int MANY = 256;

    private static final int EXTREMES = 16;
    private static final long ABOVE_ALL = 1L << 32;

    private static final String FIRST_DUE = """
            MIN(due_at) AS due, TIMESTAMPDIFF(MICROSECOND, MIN(due_at), UTC_TIMESTAMP(6)) AS waited, UTC_TIMESTAMP(6) AS now
            """;

    private static final String COLUMNS = "SELECT retry, priority, " + FIRST_DUE + """
            FROM job FORCE INDEX FOR GROUP BY (job_lease) WHERE consumer_id = :consumer AND holder = 0
            """;

    /** Grouped by the whole prefix of the index, which is what makes the server jump from group to group. */
    static final String HEADS = COLUMNS + "GROUP BY consumer_id, holder, retry, priority LIMIT " + (MANY + 1);

    static final String LOWEST =
            COLUMNS + "AND retry = :retry GROUP BY consumer_id, holder, retry, priority LIMIT " + EXTREMES;

    static final String NEXT_LOWER = """
            SELECT MAX(priority) FROM job FORCE INDEX (job_lease)
            WHERE consumer_id = :consumer AND holder = 0 AND retry = :retry AND priority < :below
            """;

    /** Of one section. The # stands for its number in the statement. */
    static final String SINCE = "SELECT :retry# AS retry, :priority# AS priority, " + FIRST_DUE + """
            FROM job FORCE INDEX (job_lease)
            WHERE consumer_id = :consumer AND holder = 0 AND retry = :retry# AND priority = :priority# AND due_at >= :from#
            """;

    static final String ONE = COLUMNS + "AND retry = :retry AND priority = :priority GROUP BY retry, priority";

    static LeaseHeads of(Handle handle, Xid consumer) {
        return of(handle, consumer, EXTREMES);
    }

    /** @param highest how many at least of the highest priorities of each line */
    public static LeaseHeads of(Handle handle, Xid consumer, int highest) {
        LeaseHeads found = read(handle.createQuery(HEADS).bind("consumer", consumer));
        return found.heads().size() <= MANY
                ? found
                : new LeaseHeads(extremes(handle, consumer, highest), false, found.now());
    }

    /** The heads of some sections alone, each from a due time on. */
    static LeaseHeads since(Handle handle, Xid consumer, Map<Section, Instant> from) {
        String sql = IntStream.range(0, from.size())
                .mapToObj(i -> SINCE.replace("#", Integer.toString(i)))
                .collect(Collectors.joining("UNION ALL "));
        Query query = handle.createQuery(sql).bind("consumer", consumer);
        int i = 0;
        for (Map.Entry<Section, Instant> each : from.entrySet()) {
            query.bind("retry" + i, each.getKey().line().column())
                    .bind("priority" + i, each.getKey().priority())
                    .bind("from" + i, each.getValue());
            i++;
        }
        return read(query);
    }

    /** Where nothing is queued there may be no row, or one without a due time. */
    private static LeaseHeads read(Query query) {
        List<Head> heads = new ArrayList<>();
        AtomicReference<@Nullable Instant> now = new AtomicReference<>();
        query.map((row, context) -> {
                    now.set(Columns.instant(row, "now"));
                    Instant due = Columns.instantOrNull(row, "due");
                    return due == null ? Optional.<Head>empty() : Optional.of(head(row, due));
                })
                .forEach(head -> head.ifPresent(heads::add));
        return new LeaseHeads(heads, true, now.get());
    }

    public List<Head> due() {
        return heads.stream().filter(Head::isDue).toList();
    }

    /** The time until the first job is due: 0 if one is due, {@link Long#MAX_VALUE} if there is none. */
    long nextDueMicros() {
        return nextDueMicros(heads);
    }

    /** The same of first attempts alone. */
    long firstDueMicros() {
        return nextDueMicros(heads.stream().filter(head -> !head.retry()).toList());
    }

    private static long nextDueMicros(List<Head> heads) {
        return heads.stream()
                .mapToLong(head -> Math.max(0, -head.waitedMicros()))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private static List<Head> extremes(Handle handle, Xid consumer, int highest) {
        List<Head> heads = new ArrayList<>();
        for (WaitingLine line : WaitingLine.values()) {
            Map<Integer, Head> byPriority = new TreeMap<>();
            handle.createQuery(LOWEST)
                    .bind("consumer", consumer)
                    .bind("retry", line.column())
                    .map((row, context) -> head(row, Columns.instant(row, "due")))
                    .forEach(head -> byPriority.put(head.priority(), head));
            Optional<Integer> next = nextLower(handle, consumer, line, ABOVE_ALL);
            for (int i = 0; i < highest && next.isPresent(); i++) {
                int priority = next.get();
                one(handle, consumer, line, priority).ifPresent(head -> byPriority.put(priority, head));
                next = nextLower(handle, consumer, line, priority);
            }
            heads.addAll(byPriority.values());
        }
        return heads;
    }

    /** Read from the end of an index range, however many jobs there are. */
    private static Optional<Integer> nextLower(Handle handle, Xid consumer, WaitingLine line, long below) {
        return handle.createQuery(NEXT_LOWER)
                .bind("consumer", consumer)
                .bind("retry", line.column())
                .bind("below", below)
                .mapTo(Integer.class)
                .findOne();
    }

    private static Optional<Head> one(Handle handle, Xid consumer, WaitingLine line, int priority) {
        return handle.createQuery(ONE)
                .bind("consumer", consumer)
                .bind("retry", line.column())
                .bind("priority", priority)
                .map((row, context) -> head(row, Columns.instant(row, "due")))
                .findOne();
    }

    /** Last calls may be taken at any time before they die. */
    private static Head head(ResultSet row, Instant due) throws SQLException {
        WaitingLine line = WaitingLine.of(row.getInt("retry"));
        long waited = row.getLong("waited");
        return new Head(
                line, row.getInt("priority"), due, line == WaitingLine.LAST_CALL ? Math.max(0, waited) : waited);
    }
}
