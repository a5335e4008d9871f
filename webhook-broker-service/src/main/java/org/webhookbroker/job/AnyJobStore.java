package org.webhookbroker.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/**
 * Reads jobs wherever they are. One statement looks at all three tables, and so has one view of them: a job that moves meanwhile
 * shows exactly once.
 */
public final class AnyJobStore {
    private static final String ALL_TABLES = """
            SELECT id, message_id, consumer_id, IF(holder = 0, 1001, 1002) AS state, changed_at, holder, attempts, due_at,
              reason, detail, unreachable_since
            FROM job FORCE INDEX (PRIMARY) WHERE <where>
            UNION ALL
            SELECT id, message_id, consumer_id, 1003 AS state, changed_at, 0 AS holder, attempts, changed_at AS due_at,
              '' AS reason, '' AS detail, NULL AS unreachable_since
            FROM delivered_job WHERE <where>
            UNION ALL
            SELECT id, message_id, consumer_id, 1004 AS state, changed_at, 0 AS holder, attempts, changed_at AS due_at,
              reason, detail, NULL AS unreachable_since
            FROM dead_job WHERE <where>
            ORDER BY id
            """;

    public Optional<Job> find(Handle handle, Xid id) {
        return handle.createQuery(allTables("id = :id"))
                .bind("id", id)
                .map(AnyJobStore::job)
                .findOne();
    }

    /** A job that is unknown or of another consumer is absent. */
    List<Job> ofConsumer(Handle handle, Xid consumer, Collection<Xid> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        return handle.createQuery(allTables("id IN (<ids>) AND consumer_id = :consumer"))
                .bindList("ids", List.copyOf(ids))
                .bind("consumer", consumer)
                .map(AnyJobStore::job)
                .list();
    }

    /** In the order of their ids, which follow the message's own: so each part is a short range of a primary key. */
    public List<Job> ofMessage(Handle handle, Xid message, int jobCount) {
        return between(handle, message, message.plus(jobCount));
    }

    /** The jobs of neighbouring messages: those behind the id {@code first} up to {@code last}, in the order of their ids. */
    public List<Job> between(Handle handle, Xid first, Xid last) {
        return handle.createQuery(allTables("id > :first AND id <= :last"))
                .bind("first", first)
                .bind("last", last)
                .map(AnyJobStore::job)
                .list();
    }

    private static String allTables(String where) {
        return ALL_TABLES.replace("<where>", where);
    }

    private static Job job(ResultSet row, StatementContext context) throws SQLException {
        return new Job(
                Columns.xid(row, "id"),
                Columns.xid(row, "message_id"),
                Columns.xid(row, "consumer_id"),
                JobState.of(row.getInt("state")),
                Columns.instant(row, "changed_at"),
                row.getInt("holder"),
                row.getInt("attempts"),
                Columns.instant(row, "due_at"),
                row.getString("reason"),
                row.getString("detail"),
                Columns.instantOrNull(row, "unreachable_since"));
    }
}
