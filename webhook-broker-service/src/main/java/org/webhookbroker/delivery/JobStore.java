package org.webhookbroker.delivery;

import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Inserts jobs beside their message, in the caller's transaction. */
public final class JobStore {
    public void insert(Handle handle, List<NewJob> jobs) {
        if (jobs.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO job (id, message_id, consumer_id, holder, retry, priority, due_at, size, attempts, takeovers,
                  possible_duplicate, changed_at, reason, detail)
                VALUES (?, ?, ?, ?, FALSE, ?, UTC_TIMESTAMP(6), ?, 0, 0, FALSE, UTC_TIMESTAMP(6), '', '')
                """);
        for (NewJob job : jobs) {
            batch.bind(0, job.id().bytes())
                    .bind(1, job.messageId().bytes())
                    .bind(2, job.consumerId().bytes())
                    .bind(3, job.holder())
                    .bind(4, job.priority())
                    .bind(5, job.size())
                    .add();
        }
        batch.execute();
    }
}
