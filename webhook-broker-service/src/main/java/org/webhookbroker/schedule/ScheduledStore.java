package org.webhookbroker.schedule;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.BulkWrite;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.MessageStore;

/** Adds and changes scheduled messages. Their state changes only together with their row of {@code scheduled_due}. */
final class ScheduledStore {
    record Row(Xid id, NewSchedule draft) {}

    void insert(Handle handle, List<Row> rows) {
        BulkWrite.execute(handle, """
                INSERT INTO scheduled_message (id, channel_id, producer_id, public_id, content_type, priority, headers,
                  payload, due_at, status)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 101)
                """, rows, (statement, row) -> {
            Content content = row.draft().content();
            statement.setBytes(1, row.id().bytes());
            statement.setBytes(2, row.draft().channelId().bytes());
            statement.setBytes(3, row.draft().message().producerId().bytes());
            statement.setString(4, row.draft().publicId());
            statement.setString(5, content.contentType());
            statement.setInt(6, content.priority());
            statement.setString(7, MessageStore.writeHeaders(content.headers()));
            statement.setBytes(8, content.payload());
            statement.setObject(9, utc(row.draft().dueAt()));
        });
        BulkWrite.execute(handle, """
                INSERT INTO scheduled_due (id, channel_id, due_at, size) VALUES (?, ?, ?, ?)
                """, rows, (statement, row) -> {
            statement.setBytes(1, row.id().bytes());
            statement.setBytes(2, row.draft().channelId().bytes());
            statement.setObject(3, utc(row.draft().dueAt()));
            statement.setInt(4, row.draft().content().size());
        });
    }

    boolean exists(Handle handle, Xid channel, String publicId) {
        return handle.createQuery(
                        "SELECT 1 FROM scheduled_message WHERE channel_id = :channel AND public_id = :publicId")
                .bind("channel", channel)
                .bind("publicId", publicId)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /** False when the message no longer waits; then nothing has changed. */
    boolean cancel(Handle handle, Xid id) {
        int waiting = handle.createUpdate("DELETE FROM scheduled_due WHERE id = :id")
                .bind("id", id)
                .execute();
        if (waiting == 1) {
            requireOne(handle.createUpdate("""
                            UPDATE scheduled_message
                            SET status = 103, ended_at = UTC_TIMESTAMP(6), payload = '', headers = ''
                            WHERE id = :id AND status = 101
                            """).bind("id", id).execute());
        }
        return waiting == 1;
    }

    /** False when the message no longer waits; then nothing has changed. */
    boolean reschedule(Handle handle, Xid id, Instant dueAt) {
        int waiting = handle.createUpdate("UPDATE scheduled_due SET due_at = :dueAt WHERE id = :id")
                .bind("id", id)
                .bind("dueAt", dueAt)
                .execute();
        if (waiting == 1) {
            requireOne(
                    handle.createUpdate("UPDATE scheduled_message SET due_at = :dueAt WHERE id = :id AND status = 101")
                            .bind("id", id)
                            .bind("dueAt", dueAt)
                            .execute());
        }
        return waiting == 1;
    }

    ScheduleState state(Handle handle, Xid id) {
        return ScheduleState.stored(handle.createQuery("SELECT status FROM scheduled_message WHERE id = :id")
                .bind("id", id)
                .mapTo(Integer.class)
                .one());
    }

    private static void requireOne(int changed) {
        if (changed != 1) {
            throw new IllegalStateException("A scheduled message that waits has no record that says so");
        }
    }

    private static LocalDateTime utc(Instant time) {
        return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    }
}
