package org.webhookbroker.job;

import java.util.List;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.BulkWrite;

/** Inserts jobs beside their message, in the caller's transaction. */
public final class JobStore {
    /** Rows of one packet: the driver keeps all their parameters until it is sent. */
    private static final int ROWS = 5000;

    public void insert(Handle handle, List<NewJob> jobs) {
        for (int from = 0; from < jobs.size(); from += ROWS) {
            insertSome(handle, jobs.subList(from, Math.min(from + ROWS, jobs.size())));
        }
    }

    private static void insertSome(Handle handle, List<NewJob> jobs) {
        BulkWrite.execute(handle, """
                INSERT INTO job (id, message_id, consumer_id, holder, retry, priority, due_at, size, attempts, takeovers,
                  possible_duplicate, changed_at, reason, detail)
                VALUES (?, ?, ?, ?, FALSE, ?, UTC_TIMESTAMP(6), ?, 0, 0, FALSE, UTC_TIMESTAMP(6), '', '')
                """, jobs, (row, job) -> {
            row.setBytes(1, job.id().bytes());
            row.setBytes(2, job.messageId().bytes());
            row.setBytes(3, job.consumerId().bytes());
            row.setInt(4, job.holder());
            row.setInt(5, job.priority());
            row.setInt(6, job.size());
        });
    }
}
