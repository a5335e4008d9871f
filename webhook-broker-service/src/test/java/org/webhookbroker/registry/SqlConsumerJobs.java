package org.webhookbroker.registry;

import org.jdbi.v3.core.Handle;

/** Counts rows, as the product must not. */
public final class SqlConsumerJobs implements ConsumerJobs {
    @Override
    public JobCounts count(Handle handle, Consumer consumer) {
        return handle.createQuery("""
                        SELECT (SELECT COUNT(*) FROM job WHERE consumer_id = :id AND holder = 0) queued,
                          (SELECT COUNT(*) FROM job WHERE consumer_id = :id AND holder <> 0) inflight,
                          (SELECT COUNT(*) FROM delivered_job WHERE consumer_id = :id) delivered,
                          (SELECT COUNT(*) FROM dead_job WHERE consumer_id = :id) dead
                        """)
                .bind("id", consumer.id())
                .map((row, context) -> new JobCounts(
                        row.getLong("queued"), row.getLong("inflight"), row.getLong("delivered"), row.getLong("dead")))
                .one();
    }

    @Override
    public boolean endSome(Handle handle, Consumer consumer) {
        handle.createUpdate("DELETE FROM job WHERE consumer_id = :id")
                .bind("id", consumer.id())
                .execute();
        return false;
    }
}
