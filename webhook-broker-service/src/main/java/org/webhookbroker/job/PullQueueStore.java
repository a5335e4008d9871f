package org.webhookbroker.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** What a pull consumer sees of its queue. Looking reserves nothing. */
public final class PullQueueStore {
    /** @param timeout seconds that its lease is longer than others, see {@link PullJob} */
    public record Waiting(Xid id, Xid messageId, int priority, int size, int timeout) {}

    static final String WAITING = """
            SELECT id, message_id, priority, size, pull_timeout FROM job FORCE INDEX (job_lease)
            WHERE consumer_id = :consumer AND holder = 0 AND retry = :retry AND priority = :priority
              AND due_at <= UTC_TIMESTAMP(6) + INTERVAL :ahead SECOND
            ORDER BY due_at LIMIT :limit
            """;

    /**
     * Highest priority first, then oldest first. Reads no more jobs than it returns, times three, however many wait. Of more than
     * {@value LeaseHeads#MANY} priorities it looks at the highest, as many as it may return.
     */
    public List<Waiting> first(Handle handle, Xid consumer, int limit) {
        TreeMap<Integer, List<LeasePlan.Head>> byPriority = LeaseHeads.of(handle, consumer, limit).due().stream()
                .collect(Collectors.groupingBy(
                        LeasePlan.Head::priority,
                        () -> new TreeMap<>(Comparator.<Integer>reverseOrder()),
                        Collectors.toList()));
        List<Waiting> found = new ArrayList<>();
        for (List<LeasePlan.Head> heads : byPriority.values()) {
            int room = limit - found.size();
            if (room > 0) {
                heads.stream()
                        .flatMap(head -> waiting(handle, consumer, head, room).stream())
                        .sorted(Comparator.comparing(Waiting::id))
                        .limit(room)
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static List<Waiting> waiting(Handle handle, Xid consumer, LeasePlan.Head head, int limit) {
        return handle.createQuery(WAITING)
                .bind("consumer", consumer)
                .bind("retry", head.turn().column())
                .bind("priority", head.priority())
                .bind("ahead", head.turn().ahead())
                .bind("limit", limit)
                .map((row, context) -> new Waiting(
                        Columns.xid(row, "id"),
                        Columns.xid(row, "message_id"),
                        row.getInt("priority"),
                        row.getInt("size"),
                        row.getInt("pull_timeout")))
                .list();
    }
}
