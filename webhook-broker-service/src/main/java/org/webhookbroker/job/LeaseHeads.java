package org.webhookbroker.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Xid;

/**
 * The heads of the priorities in which jobs of a consumer are queued: all of them or, if a producer uses very many priorities, the
 * highest and the lowest of each line. Otherwise each look would read, and hold in memory, as many rows as there are priorities
 * (G6, G8). The lowest are those that starve; once they are gone others are the lowest (G11).
 *
 * @param complete whether these are all
 */
public record LeaseHeads(List<Head> heads, boolean complete) {
    /** The jobs of one line and priority. A negative wait is the time until the first of them is due. */
    public record Head(WaitingLine line, int priority, long waitedMicros) {
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

    private static final String COLUMNS = """
            SELECT retry, priority, TIMESTAMPDIFF(MICROSECOND, MIN(due_at), UTC_TIMESTAMP(6)) AS waited
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

    static final String ONE = COLUMNS + "AND retry = :retry AND priority = :priority GROUP BY retry, priority";

    static LeaseHeads of(Handle handle, Xid consumer) {
        return of(handle, consumer, EXTREMES);
    }

    /** @param highest how many at least of the highest priorities of each line */
    public static LeaseHeads of(Handle handle, Xid consumer, int highest) {
        List<Head> heads = handle.createQuery(HEADS)
                .bind("consumer", consumer)
                .map((row, context) -> head(row.getInt("retry"), row.getInt("priority"), row.getLong("waited")))
                .list();
        return heads.size() <= MANY
                ? new LeaseHeads(heads, true)
                : new LeaseHeads(extremes(handle, consumer, highest), false);
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
                    .map((row, context) -> head(line.column(), row.getInt("priority"), row.getLong("waited")))
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
                .map((row, context) -> head(line.column(), priority, row.getLong("waited")))
                .findOne();
    }

    /** Last calls may be taken at any time before they die. */
    private static Head head(int retry, int priority, long waitedMicros) {
        WaitingLine line = WaitingLine.of(retry);
        return new Head(line, priority, line == WaitingLine.LAST_CALL ? Math.max(0, waitedMicros) : waitedMicros);
    }
}
