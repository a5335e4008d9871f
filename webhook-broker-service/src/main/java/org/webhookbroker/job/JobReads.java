package org.webhookbroker.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;

/**
 * Jobs wherever they are. One statement looks at all three tables, and so has one view of them: a job that is being settled
 * meanwhile shows exactly once. Thread-safe.
 */
public final class JobReads {
    private final Database database;

    public JobReads(Database database) {
        this.database = database;
    }

    public Optional<Job> find(Xid id) {
        return database.withHandle(handle -> handle.createQuery("""
                        SELECT id, message_id, consumer_id, IF(holder = 0, 1001, 1002) AS state, changed_at
                        FROM job WHERE id = :id
                        UNION ALL
                        SELECT id, message_id, consumer_id, 1003 AS state, changed_at FROM delivered_job WHERE id = :id
                        UNION ALL
                        SELECT id, message_id, consumer_id, 1004 AS state, changed_at FROM dead_job WHERE id = :id
                        """)
                .bind("id", id)
                .map((row, context) -> job(row))
                .findOne());
    }

    /** By id; one that is unknown or of another consumer is absent. */
    public Map<Xid, JobState> states(Xid consumer, Collection<Xid> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        return database.withHandle(handle -> handle
                .createQuery("""
                        SELECT id, IF(holder = 0, 1001, 1002) AS state FROM job
                        WHERE id IN (<ids>) AND consumer_id = :consumer
                        UNION ALL
                        SELECT id, 1003 AS state FROM delivered_job WHERE id IN (<ids>) AND consumer_id = :consumer
                        UNION ALL
                        SELECT id, 1004 AS state FROM dead_job WHERE id IN (<ids>) AND consumer_id = :consumer
                        """)
                .bindList("ids", List.copyOf(ids))
                .bind("consumer", consumer)
                .map((row, context) -> Map.entry(Columns.xid(row, "id"), JobState.of(row.getInt("state"))))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** Newest first. The ids of a message's jobs follow its own, so each part is a short range of a primary key. */
    public List<Job> ofMessage(Xid message, int jobCount) {
        return database.withHandle(handle -> handle.createQuery("""
                        SELECT id, message_id, consumer_id, IF(holder = 0, 1001, 1002) AS state, changed_at
                        FROM job WHERE id > :message AND id <= :last
                        UNION ALL
                        SELECT id, message_id, consumer_id, 1003 AS state, changed_at
                        FROM delivered_job WHERE id > :message AND id <= :last
                        UNION ALL
                        SELECT id, message_id, consumer_id, 1004 AS state, changed_at
                        FROM dead_job WHERE id > :message AND id <= :last
                        ORDER BY id DESC
                        """)
                .bind("message", message)
                .bind("last", message.plus(jobCount))
                .map((row, context) -> job(row))
                .list());
    }

    /** A page of a consumer's dead letters, newest first. Without the hint MariaDB may walk through those of all consumers. */
    public List<Job> dead(Xid consumer, PageRequest page) {
        return database.withHandle(
                handle -> page.select(handle.createQuery("""
                        SELECT id, message_id, consumer_id, 1004 AS state, changed_at
                        FROM dead_job FORCE INDEX (dead_job_consumer)
                        WHERE consumer_id = :consumer AND <page>
                        """).bind("consumer", consumer), (row, context) -> job(row)));
    }

    private static Job job(ResultSet row) throws SQLException {
        return new Job(
                Columns.xid(row, "id"),
                Columns.xid(row, "message_id"),
                Columns.xid(row, "consumer_id"),
                JobState.of(row.getInt("state")),
                Columns.instant(row, "changed_at"));
    }
}
