package org.webhookbroker.testing;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.JobStore;
import org.webhookbroker.job.NewJob;
import org.webhookbroker.job.Tally;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.MessageStore;

/** Messages that were received at some time of the past, with jobs in any state and counters that agree. */
public final class History {
    public enum State {
        QUEUED,
        IN_FLIGHT,
        DELIVERED,
        DEAD,
        /** Purged, or removed with its consumer: only the counters know of it. */
        REMOVED
    }

    public record Job(Xid consumer, State state) {}

    private static final int INCARNATION = 7;

    private final Database database;
    private final Instant receivedAt;
    private final XidGenerator ids;

    public History(Database database, Instant receivedAt) {
        this.database = database;
        this.receivedAt = receivedAt.truncatedTo(ChronoUnit.MICROS);
        this.ids = new XidGenerator(Clock.fixed(receivedAt, ZoneOffset.UTC));
    }

    public Xid message(Xid channel, Xid producer, String publicId, String payload, Job... jobs) {
        Content content = new Content(
                "text/plain", 3, java.util.Map.of("x-trace", "t1"), payload.getBytes(StandardCharsets.UTF_8));
        return message(channel, producer, publicId, content, jobs);
    }

    public Xid message(Xid channel, Xid producer, String publicId, Content content, Job... jobs) {
        Xid id = ids.block(1 + jobs.length);
        Message message = new Message(id, channel, producer, publicId, content, receivedAt, jobs.length);
        database.inTransaction(handle -> {
            new MessageStore().insert(handle, List.of(message));
            Tally tally = new Tally().accepted(channel, 1);
            for (int i = 0; i < jobs.length; i++) {
                insert(handle, id, id.plus(1 + i), jobs[i]);
                count(tally, jobs[i]);
            }
            tally.write(handle, INCARNATION);
            return null;
        });
        return id;
    }

    private static void insert(Handle handle, Xid message, Xid id, Job job) {
        switch (job.state()) {
            case QUEUED -> live(handle, message, id, job, NewJob.QUEUED);
            case IN_FLIGHT -> live(handle, message, id, job, INCARNATION);
            case DELIVERED ->
                handle.execute(
                        "INSERT INTO delivered_job VALUES (?, ?, ?, 2, UTC_TIMESTAMP(6))", id, message, job.consumer());
            case DEAD -> handle.execute("""
                    INSERT INTO dead_job (id, message_id, consumer_id, priority, size, attempts, possible_duplicate,
                      changed_at, reason, detail)
                    VALUES (?, ?, ?, 3, 10, 6, TRUE, UTC_TIMESTAMP(6), 'status-500', '')
                    """, id, message, job.consumer());
            case REMOVED -> {}
        }
    }

    private static void live(Handle handle, Xid message, Xid id, Job job, int holder) {
        new JobStore().insert(handle, List.of(new NewJob(id, message, job.consumer(), holder, 3, 10)));
    }

    private static void count(Tally tally, Job job) {
        tally.accepted(job.consumer(), 1);
        switch (job.state()) {
            case DELIVERED -> tally.delivered(job.consumer(), 1);
            case DEAD -> tally.dead(job.consumer(), 1);
            case REMOVED -> tally.removed(job.consumer(), 1);
            default -> {}
        }
    }
}
