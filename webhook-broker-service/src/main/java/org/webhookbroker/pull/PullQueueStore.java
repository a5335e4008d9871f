package org.webhookbroker.pull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeaseHeads;
import org.webhookbroker.job.LiveJob;

/** What a pull consumer sees of its queue. Looking reserves nothing. */
final class PullQueueStore {
    static final String WAITING = LiveJob.SELECT + """
            FORCE INDEX (job_lease)
            WHERE consumer_id = :consumer AND holder = 0 AND retry = :retry AND priority = :priority
              AND due_at >= :from AND due_at <= UTC_TIMESTAMP(6) + INTERVAL :ahead SECOND
            ORDER BY due_at LIMIT :limit
            """;

    /**
     * Highest priority first, then oldest first. Reads at most three times as many jobs as it returns, however many wait. If there
     * are more than {@value LeaseHeads#MANY} priorities, it looks at as many of the highest as it may return jobs.
     */
    List<LiveJob> first(Handle handle, Xid consumer, int limit) {
        TreeMap<Integer, List<LeaseHeads.Head>> byPriority = LeaseHeads.of(handle, consumer, limit).due().stream()
                .collect(Collectors.groupingBy(
                        LeaseHeads.Head::priority,
                        () -> new TreeMap<>(Comparator.<Integer>reverseOrder()),
                        Collectors.toList()));
        List<LiveJob> found = new ArrayList<>();
        for (List<LeaseHeads.Head> heads : byPriority.values()) {
            int room = limit - found.size();
            if (room > 0) {
                heads.stream()
                        .flatMap(head -> waiting(handle, consumer, head, room).stream())
                        .sorted(Comparator.comparing(LiveJob::id))
                        .limit(room)
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static List<LiveJob> waiting(Handle handle, Xid consumer, LeaseHeads.Head head, int limit) {
        return handle.createQuery(WAITING)
                .bind("consumer", consumer)
                .bind("retry", head.line().column())
                .bind("priority", head.priority())
                .bind("from", head.due())
                .bind("ahead", head.line().ahead())
                .bind("limit", limit)
                .map(LiveJob::of)
                .list();
    }
}
