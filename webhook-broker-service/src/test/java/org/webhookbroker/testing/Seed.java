package org.webhookbroker.testing;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.JobStore;
import org.webhookbroker.job.NewJob;
import org.webhookbroker.job.Tally;

/** Messages and jobs in any state, with counters that agree, as if the broker had been running for long. */
public final class Seed {
    private static final int INCARNATION = 0;

    private final Database database;
    private final XidGenerator ids = new XidGenerator(Clock.systemUTC());

    public Seed(Database database) {
        this.database = database;
    }

    /** Each of a message of its own, oldest first. */
    public List<Xid> dead(Xid channel, Xid consumer, int count, String reason, Instant diedAt) {
        return seed(channel, count, (handle, messages, jobs) -> {
            PreparedBatch batch = handle.prepareBatch("""
                    INSERT INTO dead_job (id, message_id, consumer_id, priority, size, attempts, possible_duplicate,
                      changed_at, reason, detail)
                    VALUES (?, ?, ?, 3, 10, 6, TRUE, ?, ?, 'seeded')
                    """);
            for (int i = 0; i < count; i++) {
                batch.bind(0, jobs.get(i))
                        .bind(1, messages.get(i))
                        .bind(2, consumer)
                        .bind(3, diedAt)
                        .bind(4, reason)
                        .add();
            }
            batch.execute();
            new Tally().accepted(consumer, count).dead(consumer, count).write(handle, INCARNATION);
        });
    }

    public List<Xid> delivered(Xid channel, Xid consumer, int count) {
        return seed(channel, count, (handle, messages, jobs) -> {
            PreparedBatch batch =
                    handle.prepareBatch("INSERT INTO delivered_job VALUES (?, ?, ?, 0, UTC_TIMESTAMP(6))");
            for (int i = 0; i < count; i++) {
                batch.bind(0, jobs.get(i))
                        .bind(1, messages.get(i))
                        .bind(2, consumer)
                        .add();
            }
            batch.execute();
            new Tally().accepted(consumer, count).delivered(consumer, count).write(handle, INCARNATION);
        });
    }

    public List<Xid> queued(Xid channel, Xid consumer, int count) {
        return seed(channel, count, (handle, messages, jobs) -> {
            List<NewJob> newJobs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                newJobs.add(new NewJob(jobs.get(i), messages.get(i), consumer, NewJob.QUEUED, 0, 10));
            }
            new JobStore().insert(handle, newJobs);
            new Tally().accepted(consumer, count).write(handle, INCARNATION);
        });
    }

    private interface Jobs {
        void insert(Handle handle, List<Xid> messages, List<Xid> jobs);
    }

    private List<Xid> seed(Xid channel, int count, Jobs jobs) {
        return database.inTransaction(handle -> {
            List<Xid> messageIds = new ArrayList<>();
            List<Xid> jobIds = new ArrayList<>();
            PreparedBatch batch = handle.prepareBatch("""
                    INSERT INTO message (id, channel_id, producer_id, public_id, content_type, priority, headers, payload,
                      received_at, job_count)
                    VALUES (?, ?, ?, ?, 'text/plain', 0, '', '0123456789', UTC_TIMESTAMP(6), 1)
                    """);
            for (int i = 0; i < count; i++) {
                Xid id = ids.block(2);
                messageIds.add(id);
                jobIds.add(id.plus(1));
                batch.bind(0, id)
                        .bind(1, channel)
                        .bind(2, channel)
                        .bind(3, id.toString())
                        .add();
            }
            batch.execute();
            jobs.insert(handle, messageIds, jobIds);
            new Tally().accepted(channel, count).write(handle, INCARNATION);
            return jobIds;
        });
    }
}
