package org.webhookbroker.ops;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** How the queues of all consumers stand, by a loose scan of the lease index: a few reads a consumer, not one a job. */
final class QueueStore {
    /**
     * Jobs of one consumer that are queued, or that are held.
     *
     * @param firstDue of the job that was or will be due first
     * @param waited since then by the database's clock; negative when it is not due yet
     */
    record Section(Xid consumer, boolean held, Instant firstDue, Duration waited) {}

    static final String SECTIONS = """
            SELECT consumer_id, holder > 0 AS held, MIN(first_due) AS first_due,
              TIMESTAMPDIFF(MICROSECOND, MIN(first_due), UTC_TIMESTAMP(6)) AS waited
            FROM (
              SELECT consumer_id, holder, MIN(due_at) AS first_due
              FROM job FORCE INDEX FOR GROUP BY (job_lease)
              GROUP BY consumer_id, holder, retry, priority
            ) AS heads
            GROUP BY consumer_id, held
            """;

    /** By reading the index entries of all their jobs, so ask for few jobs in all. Ids grow with time. */
    Map<Xid, Duration> oldest(Handle handle, Collection<Xid> consumers) {
        if (consumers.isEmpty()) {
            return Map.of();
        }
        return handle
                .createQuery("""
                        SELECT consumer_id, MIN(id) AS oldest, UTC_TIMESTAMP(6) AS now
                        FROM job FORCE INDEX (job_lease) WHERE consumer_id IN (<consumers>) GROUP BY consumer_id
                        """)
                .bindList("consumers", List.copyOf(consumers))
                .map((row, context) -> Map.entry(
                        Columns.xid(row, "consumer_id"),
                        Duration.between(Columns.xid(row, "oldest").createdAt(), Columns.instant(row, "now"))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    List<Section> sections(Handle handle) {
        return handle.createQuery(SECTIONS)
                .map((row, context) -> new Section(
                        Columns.xid(row, "consumer_id"),
                        row.getBoolean("held"),
                        Columns.instant(row, "first_due"),
                        Duration.of(row.getLong("waited"), ChronoUnit.MICROS)))
                .list();
    }
}
