package org.webhookbroker.job;

import java.util.List;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Tells the stories of a message's jobs, wherever they are by now. */
public final class JobStoryStore {
    /** In the order of their ids, which follow the message's: so each part is a short range of a primary key. */
    public List<JobStory> ofMessage(Handle handle, Xid message, int jobCount) {
        return handle.createQuery("""
                        SELECT id, consumer_id, IF(holder = 0, 1001, 1002) AS state, holder, attempts, changed_at, due_at,
                          reason, detail
                        FROM job WHERE id > :message AND id <= :last
                        UNION ALL
                        SELECT id, consumer_id, 1003 AS state, 0 AS holder, attempts, changed_at, changed_at AS due_at,
                          '' AS reason, '' AS detail
                        FROM delivered_job WHERE id > :message AND id <= :last
                        UNION ALL
                        SELECT id, consumer_id, 1004 AS state, 0 AS holder, attempts, changed_at, changed_at AS due_at,
                          reason, detail
                        FROM dead_job WHERE id > :message AND id <= :last
                        ORDER BY id
                        """)
                .bind("message", message)
                .bind("last", message.plus(jobCount))
                .map((row, context) -> new JobStory(
                        Columns.xid(row, "id"),
                        Columns.xid(row, "consumer_id"),
                        JobState.of(row.getInt("state")),
                        row.getInt("holder"),
                        row.getInt("attempts"),
                        Columns.instant(row, "changed_at"),
                        Columns.instant(row, "due_at"),
                        row.getString("reason"),
                        row.getString("detail")))
                .list();
    }
}
