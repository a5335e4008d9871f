package org.webhookbroker.schedule;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.MessageStore;
import org.webhookbroker.schedule.ScheduleTallyStore.Standing;

/** Scheduled messages as people ask for them. Only {@link #find} reads a payload; {@link #payloadSize} says before how large it is. Thread-safe. */
public final class ScheduledReads {
    private final Database database;
    private final ScheduleTallyStore tallies = new ScheduleTallyStore();

    public ScheduledReads(Database database) {
        this.database = database;
    }

    /** Bytes. */
    public Optional<Integer> payloadSize(Xid channel, String publicId) {
        return database.withHandle(handle -> handle.createQuery("""
                        SELECT OCTET_LENGTH(payload) FROM scheduled_message
                        WHERE channel_id = :channel AND public_id = :publicId
                        """)
                .bind("channel", channel)
                .bind("publicId", publicId)
                .mapTo(Integer.class)
                .findOne());
    }

    public Optional<ScheduledMessage> find(Xid channel, String publicId) {
        return database.withHandle(handle -> handle.createQuery("""
                        SELECT id, producer_id, public_id, content_type, priority, headers, payload, due_at, status,
                          dispatched_at
                        FROM scheduled_message WHERE channel_id = :channel AND public_id = :publicId
                        """)
                .bind("channel", channel)
                .bind("publicId", publicId)
                .map((row, context) -> new ScheduledMessage(
                        new ScheduledKey(
                                Columns.xid(row, "id"), Columns.xid(row, "producer_id"), row.getString("public_id")),
                        new Content(
                                row.getString("content_type"),
                                row.getInt("priority"),
                                MessageStore.readHeaders(row.getString("headers")),
                                row.getBytes("payload")),
                        Columns.instant(row, "due_at"),
                        ScheduleState.stored(row.getInt("status")),
                        Columns.instantOrNull(row, "dispatched_at")))
                .findOne());
    }

    public Optional<ScheduledKey> key(Xid channel, String publicId) {
        return database.withHandle(handle -> handle.createQuery("""
                        SELECT id, producer_id, public_id FROM scheduled_message
                        WHERE channel_id = :channel AND public_id = :publicId
                        """)
                .bind("channel", channel)
                .bind("publicId", publicId)
                .map((row, context) -> new ScheduledKey(
                        Columns.xid(row, "id"), Columns.xid(row, "producer_id"), row.getString("public_id")))
                .findOne());
    }

    /** A page of a channel's scheduled messages in any state, newest first. */
    public List<ScheduledKey> page(Xid channel, PageRequest page) {
        return page.newestFirst(database.withHandle(handle -> keys(
                page(handle, page).define("index", "scheduled_message_channel").define("filter", ""), channel, page)));
    }

    /** A page of those in one state. */
    public List<ScheduledKey> page(Xid channel, ScheduleState state, PageRequest page) {
        return page.newestFirst(database.withHandle(handle -> keys(
                page(handle, page)
                        .define("index", "scheduled_message_status")
                        .define("filter", "AND status = :status")
                        .bind("status", state.code()),
                channel,
                page)));
    }

    /** The counts are counters, and the time is the edge of an index: nothing is counted. */
    public Standing standing(Xid channel) {
        return database.withHandle(handle -> tallies.of(handle, channel));
    }

    /** The hints: or the primary key is walked through everybody's. */
    private static Query page(Handle handle, PageRequest page) {
        return handle.createQuery(page.isOlder() ? """
                        SELECT id, producer_id, public_id FROM scheduled_message FORCE INDEX (<index>)
                        WHERE channel_id = :channel <filter> AND id < :from ORDER BY id DESC LIMIT :size
                        """ : """
                        SELECT id, producer_id, public_id FROM scheduled_message FORCE INDEX (<index>)
                        WHERE channel_id = :channel <filter> AND id > :from ORDER BY id LIMIT :size
                        """);
    }

    private static List<ScheduledKey> keys(Query query, Xid channel, PageRequest page) {
        return query.bind("channel", channel)
                .bind("from", page.from())
                .bind("size", PageRequest.SIZE)
                .map((row, context) -> new ScheduledKey(
                        Columns.xid(row, "id"), Columns.xid(row, "producer_id"), row.getString("public_id")))
                .list();
    }
}
