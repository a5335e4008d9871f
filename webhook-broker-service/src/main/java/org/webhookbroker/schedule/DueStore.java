package org.webhookbroker.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.EmptyHandling;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.IntakeTransaction;
import org.webhookbroker.message.MessageStore;
import org.webhookbroker.message.NewMessage;

/** Scheduled messages that wait, as promotion sees them. The database's clock says what is due. */
final class DueStore {
    /** @param in how long until then; negative when it is due */
    record Next(Instant dueAt, Duration in) {}

    /** @param taken whether an ordinary message has its id */
    record Due(Xid id, NewMessage message, boolean taken) {}

    private record Candidate(Xid id, Xid channel, int size) {}

    /** The first to be due; empty when none waits. */
    Optional<Next> next(Handle handle) {
        return handle.createQuery("""
                        SELECT due_at, TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), due_at) AS wait
                        FROM scheduled_due FORCE INDEX (scheduled_due_at) ORDER BY due_at LIMIT 1
                        """)
                .map((row, context) ->
                        new Next(Columns.instant(row, "due_at"), Duration.of(row.getLong("wait"), ChronoUnit.MICROS)))
                .findOne();
    }

    static final String LOCK_DUE = """
            SELECT id, channel_id, size FROM scheduled_due FORCE INDEX (scheduled_due_at)
            WHERE due_at <= UTC_TIMESTAMP(6) ORDER BY due_at LIMIT :batch FOR UPDATE SKIP LOCKED
            """;

    /**
     * Locks messages that are due, the oldest first, up to what one transaction should carry. Skips those that another node
     * has locked.
     *
     * @param jobs how many a message of a channel makes
     */
    List<Xid> lockDue(Handle handle, ToIntFunction<Xid> jobs) {
        List<Candidate> candidates = handle.createQuery(LOCK_DUE)
                .bind("batch", IntakeTransaction.BATCH_COUNT)
                .map((row, context) ->
                        new Candidate(Columns.xid(row, "id"), Columns.xid(row, "channel_id"), row.getInt("size")))
                .list();
        List<Xid> batch = new ArrayList<>();
        long bytes = 0;
        long made = 0;
        for (Candidate candidate : candidates) {
            bytes += candidate.size();
            made += jobs.applyAsInt(candidate.channel());
            if ((bytes > IntakeTransaction.BATCH_BYTES || made > IntakeTransaction.BATCH_JOBS) && !batch.isEmpty()) {
                break;
            }
            batch.add(candidate.id());
        }
        return batch;
    }

    /** Locks one, if it still waits and is due. */
    List<Xid> lock(Handle handle, Xid id) {
        return handle.createQuery("""
                        SELECT id FROM scheduled_due WHERE id = :id AND due_at <= UTC_TIMESTAMP(6) FOR UPDATE SKIP LOCKED
                        """).bind("id", id).mapTo(Xid.class).list();
    }

    List<Due> read(Handle handle, List<Xid> ids) {
        return handle.createQuery("""
                        SELECT scheduled.id, scheduled.channel_id, scheduled.producer_id, scheduled.public_id, scheduled.content_type,
                          scheduled.priority, scheduled.headers, scheduled.payload, message.id IS NOT NULL AS taken
                        FROM scheduled_message AS scheduled
                        LEFT JOIN message ON message.channel_id = scheduled.channel_id
                          AND message.public_id = scheduled.public_id
                        WHERE scheduled.id IN (<ids>)
                        """)
                .bindList("ids", ids)
                .map((row, context) -> new Due(
                        Columns.xid(row, "id"),
                        new NewMessage(
                                Columns.xid(row, "channel_id"),
                                Columns.xid(row, "producer_id"),
                                row.getString("public_id"),
                                new Content(
                                        row.getString("content_type"),
                                        row.getInt("priority"),
                                        MessageStore.readHeaders(row.getString("headers")),
                                        row.getBytes("payload"))),
                        row.getBoolean("taken")))
                .list();
    }

    /**
     * Marks locked messages as dispatched, and requires that all of them were waiting. Their contents are in their messages by
     * then. The hints avoid a scan, which would wait for rows that other nodes have locked.
     */
    void dispatch(Handle handle, List<Due> due) {
        List<Xid> ids = due.stream().map(Due::id).toList();
        List<Xid> taken = due.stream().filter(Due::taken).map(Due::id).toList();
        int waited = handle.createUpdate("""
                        DELETE due FROM scheduled_due AS due FORCE INDEX (PRIMARY) WHERE due.id IN (<ids>)
                        """).bindList("ids", ids).execute();
        int recorded = handle.createUpdate("""
                        UPDATE scheduled_message FORCE INDEX (PRIMARY)
                        SET status = 102, dispatched_at = UTC_TIMESTAMP(6), ended_at = UTC_TIMESTAMP(6),
                          made_message = NOT COALESCE(id IN (<taken>), FALSE), payload = '', headers = ''
                        WHERE id IN (<ids>) AND status = 101
                        """)
                .bindList("ids", ids)
                .bindList(EmptyHandling.NULL_KEYWORD, "taken", taken)
                .execute();
        if (waited != ids.size() || recorded != ids.size()) {
            throw new IllegalStateException("Of %s scheduled messages that are due %s waited, and %s had a record"
                    .formatted(ids.size(), waited, recorded));
        }
    }

    void postpone(Handle handle, Xid id, Duration by) {
        handle.createUpdate("""
                        UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6) + INTERVAL :by MICROSECOND WHERE id = :id
                        """).bind("by", by.toNanos() / 1000).bind("id", id).execute();
    }
}
