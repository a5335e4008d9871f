package org.webhookbroker.bench;

import java.time.Duration;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.Tally;

/** Up to 16 million messages of 1 KB with a job each, written by the database itself, with counters that agree. */
final class Rows {
    private static final int BATCH = 100_000;
    /** Where each insert takes its numbers from. */
    private static final String FROM = " FROM seq_0_to_99999 WHERE seq < :count";
    /** As {@code XidGenerator} makes them, so that they are inserted in order: a message's, and the next one for its job. */
    private static final String ID = """
            UNHEX(CONCAT(LPAD(HEX(:second + (:first + seq) DIV 1000000), 8, '0'), HEX(SUBSTRING(:consumer, 8, 5)),
              LPAD(HEX((:first + seq) MOD 1000000 * 2 + %d), 6, '0')))""";

    private static final String MESSAGE = ID.formatted(0);
    private static final String JOB = ID.formatted(1);

    private final Database database;
    private final Xid channel;
    private final Xid consumer;
    private final Duration age;
    private final long second;
    private int written;

    /** @param age of the messages */
    Rows(Database database, Xid channel, Xid consumer, Duration age) {
        this.database = database;
        this.channel = channel;
        this.consumer = consumer;
        this.age = age;
        this.second = Instant.now().minus(age).getEpochSecond();
    }

    /** Jobs that wait for a first attempt. */
    void queued(int count) {
        insert(count, """
                INSERT INTO job (id, message_id, consumer_id, holder, retry, priority, due_at, size, attempts, takeovers,
                  possible_duplicate, changed_at, reason, detail)
                SELECT %s, %s, :consumer, 0, 0, 0, UTC_TIMESTAMP(6), 1011, 0, 0, 0, UTC_TIMESTAMP(6), '', ''
                """, new Tally().accepted(consumer, count));
    }

    void delivered(int count) {
        insert(count, """
                INSERT INTO delivered_job (id, message_id, consumer_id, attempts, changed_at)
                SELECT %s, %s, :consumer, 0, UTC_TIMESTAMP(6)
                """, new Tally().accepted(consumer, count).delivered(consumer, count));
    }

    private void insert(int count, String jobs, Tally tally) {
        int end = written + count;
        while (written < end) {
            Batch batch = new Batch(written, Math.min(BATCH, end - written));
            database.inTransaction(handle -> {
                batch.bind(handle.createUpdate("""
                                INSERT INTO message (id, channel_id, producer_id, public_id, content_type, priority, headers,
                                  payload, received_at, job_count)
                                SELECT %s, :channel, :channel, HEX(%s), 'application/json', 0, '', :body,
                                  UTC_TIMESTAMP(6) - INTERVAL :age SECOND, 1
                                """.formatted(MESSAGE, MESSAGE) + FROM)
                        .bind("channel", channel)
                        .bind("body", Stage.BODY)
                        .bind("age", age.toSeconds()));
                return batch.bind(handle.createUpdate(jobs.formatted(JOB, MESSAGE) + FROM));
            });
            written += batch.count;
        }
        database.inTransaction(handle -> count(handle, tally.accepted(channel, count)));
    }

    private static boolean count(Handle handle, Tally tally) {
        tally.write(handle, 0);
        return true;
    }

    private final class Batch {
        private final int first;
        private final int count;

        Batch(int first, int count) {
            this.first = first;
            this.count = count;
        }

        int bind(Update insert) {
            return insert.bind("second", second)
                    .bind("first", first)
                    .bind("count", count)
                    .bind("consumer", consumer)
                    .execute();
        }
    }
}
