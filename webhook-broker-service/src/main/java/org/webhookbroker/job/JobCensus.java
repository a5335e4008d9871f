package org.webhookbroker.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore.Totals;

/**
 * Jobs by consumer and state. The counts come from the counters, and the oldest and newest times from the ends of indexes. So the
 * cost grows with the number of consumers and of jobs in flight, never with how many jobs wait or are stored. Thread-safe.
 */
public final class JobCensus {
    private record Span(long count, Instant oldest, Instant newest) {}

    private final Database database;
    private final TallyStore tallies = new TallyStore();

    public JobCensus(Database database) {
        this.database = database;
    }

    /** States in the order of their codes; those without a job are absent. */
    public Map<Xid, List<StateCount>> byConsumer() {
        return database.withHandle(handle -> {
            Map<Xid, Span> queued = queued(handle);
            Map<Xid, Span> inFlight = inFlight(handle);
            Map<Xid, Span> dead = dead(handle);
            Map<Xid, List<StateCount>> census = new HashMap<>();
            tallies.all(handle).forEach((owner, totals) -> {
                List<StateCount> states = new ArrayList<>();
                Span flying = inFlight.get(owner);
                // The statements see slightly different moments: never a negative count.
                long waiting = totals.live() - (flying == null ? 0 : flying.count());
                add(states, JobState.QUEUED, waiting, queued.get(owner));
                add(states, JobState.INFLIGHT, flying == null ? 0 : flying.count(), flying);
                add(states, JobState.DELIVERED, totals.delivered() - totals.archived(), delivered(totals));
                add(states, JobState.DEAD, totals.dead(), dead.get(owner));
                if (!states.isEmpty()) {
                    census.put(owner, states);
                }
            });
            return census;
        });
    }

    /** How many dead jobs each consumer has that ever had one, so some have none now. Reads only counters. */
    public Map<Xid, Long> deadLetters() {
        Map<Xid, Long> dead = new HashMap<>();
        database.withHandle(tallies::all).forEach((owner, totals) -> {
            if (totals.died() > 0) {
                dead.put(owner, totals.dead());
            }
        });
        return dead;
    }

    private static void add(List<StateCount> states, JobState state, long count, @Nullable Span span) {
        if (count > 0 && span != null) {
            states.add(new StateCount(state, count, span.oldest(), span.newest()));
        }
    }

    /** Kept with the counters, so the oldest is that of the first delivery ever, also when that one is archived. */
    private static @Nullable Span delivered(Totals totals) {
        Instant first = totals.firstDelivered();
        Instant last = totals.lastDelivered();
        return first == null || last == null ? null : new Span(0, first, last);
    }

    /**
     * A loose scan of the lease index. The times are due times, because the index holds these: for a first attempt the time of its
     * state, for a retry the end of its delay. A time in the future shows as now.
     */
    private static Map<Xid, Span> queued(Handle handle) {
        return spans(handle, """
                SELECT consumer_id, 0 AS jobs, LEAST(MIN(oldest), UTC_TIMESTAMP(6)) AS oldest,
                  LEAST(MAX(newest), UTC_TIMESTAMP(6)) AS newest
                FROM (
                  SELECT consumer_id, holder, retry, priority, MIN(due_at) AS oldest, MAX(due_at) AS newest
                  FROM job FORCE INDEX FOR GROUP BY (job_lease) GROUP BY consumer_id, holder, retry, priority
                ) AS heads
                WHERE holder = 0 GROUP BY consumer_id
                """);
    }

    /** Reads what is in flight, which is bounded by what nodes keep in memory and pull consumers have leased. */
    private static Map<Xid, Span> inFlight(Handle handle) {
        return spans(handle, """
                SELECT job.consumer_id, COUNT(*) AS jobs, MIN(changed_at) AS oldest, MAX(changed_at) AS newest
                FROM (
                  SELECT consumer_id, holder FROM job FORCE INDEX FOR GROUP BY (job_lease) GROUP BY consumer_id, holder
                ) AS held
                JOIN job FORCE INDEX (job_lease) ON job.consumer_id = held.consumer_id AND job.holder = held.holder
                WHERE held.holder > 0 GROUP BY job.consumer_id
                """);
    }

    private static Map<Xid, Span> dead(Handle handle) {
        return spans(handle, """
                SELECT consumer_id, 0 AS jobs, MIN(changed_at) AS oldest, MAX(changed_at) AS newest
                FROM dead_job FORCE INDEX FOR GROUP BY (dead_job_changed) GROUP BY consumer_id
                """);
    }

    private static Map<Xid, Span> spans(Handle handle, String sql) {
        return handle
                .createQuery(sql)
                .map((row, context) -> Map.entry(
                        Columns.xid(row, "consumer_id"),
                        new Span(row.getLong("jobs"), Columns.instant(row, "oldest"), Columns.instant(row, "newest"))))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
