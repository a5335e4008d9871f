package org.webhookbroker.schedule;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.Query;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.MessageStore;
import org.webhookbroker.schedule.ScheduleTallyStore.Standing;

/** Scheduled messages as clients ask for them. Only {@link #find} reads payloads; {@link #payloadSize} tells their size. Thread-safe. */
public final class ScheduledReads {
    /**
     * What was dispatched has its contents in its message, as long as that is stored. A message that has the id long after is another one: the
     * hour is more than clocks of nodes differ, and less than messages are kept.
     */
    private static final String WITH_MESSAGE = """
            FROM scheduled_message AS scheduled
            LEFT JOIN message ON scheduled.made_message AND message.channel_id = scheduled.channel_id
              AND message.public_id = scheduled.public_id
              AND message.received_at < scheduled.dispatched_at + INTERVAL 1 HOUR
            WHERE scheduled.channel_id = :channel AND scheduled.public_id = :publicId
            """;

    static final String IN_STATE = """
            SELECT id, producer_id, public_id FROM scheduled_message FORCE INDEX (scheduled_message_status)
            WHERE channel_id = :channel AND status = :status AND <page>
            """;

    private final Database database;
    private final ScheduleTallyStore tallies = new ScheduleTallyStore();

    public ScheduledReads(Database database) {
        this.database = database;
    }

    /** Bytes. */
    public Optional<Integer> payloadSize(Xid channel, String publicId) {
        return database.withHandle(handle -> handle.createQuery("""
                        SELECT GREATEST(OCTET_LENGTH(scheduled.payload), COALESCE(OCTET_LENGTH(message.payload), 0))
                        """ + WITH_MESSAGE)
                .bind("channel", channel)
                .bind("publicId", publicId)
                .mapTo(Integer.class)
                .findOne());
    }

    public Optional<ScheduledMessage> find(Xid channel, String publicId) {
        return database.withHandle(handle -> handle.createQuery("""
                        SELECT scheduled.id, scheduled.producer_id, scheduled.public_id, scheduled.content_type,
                          scheduled.priority, COALESCE(message.headers, scheduled.headers) AS headers,
                          COALESCE(message.payload, scheduled.payload) AS payload, due_at, status, dispatched_at
                        """ + WITH_MESSAGE)
                .bind("channel", channel)
                .bind("publicId", publicId)
                .map((row, context) -> new ScheduledMessage(
                        key(row),
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
                .map((row, context) -> key(row))
                .findOne());
    }

    /** A page of a channel's scheduled messages in any state, newest first. */
    public List<ScheduledKey> page(Xid channel, PageRequest page) {
        return database.withHandle(handle -> keys(page, handle.createQuery("""
                        SELECT id, producer_id, public_id FROM scheduled_message FORCE INDEX (scheduled_message_channel)
                        WHERE channel_id = :channel AND <page>
                        """).bind("channel", channel)));
    }

    /** A page of those in one state. */
    public List<ScheduledKey> page(Xid channel, ScheduleState state, PageRequest page) {
        return database.withHandle(handle ->
                keys(page, handle.createQuery(IN_STATE).bind("channel", channel).bind("status", state.code())));
    }

    /** Reads counters and the first entry of an index: no rows are counted. */
    public Standing standing(Xid channel) {
        return database.withHandle(handle -> tallies.of(handle, channel));
    }

    /** The queries name their index: without it MariaDB may walk the primary key through the messages of all channels. */
    private static List<ScheduledKey> keys(PageRequest page, Query query) {
        return page.select(query, (row, context) -> key(row));
    }

    private static ScheduledKey key(ResultSet row) throws SQLException {
        return new ScheduledKey(Columns.xid(row, "id"), Columns.xid(row, "producer_id"), row.getString("public_id"));
    }
}
