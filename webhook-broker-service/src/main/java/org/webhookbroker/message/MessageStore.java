package org.webhookbroker.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.BulkWrite;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Messages as rows; they never change once inserted. */
public final class MessageStore {
    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<TreeMap<String, String>> HEADERS = new TypeReference<>() {};

    private static final String COLUMNS = """
            id, channel_id, producer_id, public_id, content_type, priority, headers, payload, received_at, job_count
            """;

    /** The beginning of each statement that reads whole rows. */
    static final String SELECT = "SELECT " + COLUMNS + "FROM message\n";

    /** In the caller's transaction, which inserts as many jobs of each as {@code jobCount} says. */
    public void insert(Handle handle, List<Message> messages) {
        String insert = "INSERT INTO message (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        BulkWrite.execute(handle, insert, messages, (row, message) -> {
            Content content = message.content();
            row.setBytes(1, message.id().bytes());
            row.setBytes(2, message.channelId().bytes());
            row.setBytes(3, message.producerId().bytes());
            row.setString(4, message.publicId());
            row.setString(5, content.contentType());
            row.setInt(6, content.priority());
            row.setString(7, writeHeaders(content.headers()));
            row.setBytes(8, content.payload());
            row.setObject(9, LocalDateTime.ofInstant(message.receivedAt(), ZoneOffset.UTC));
            row.setInt(10, message.jobCount());
        });
    }

    public boolean exists(Handle handle, Xid channel, String publicId) {
        return handle.createQuery("SELECT 1 FROM message WHERE channel_id = :channel AND public_id = :publicId")
                .bind("channel", channel)
                .bind("publicId", publicId)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /** Whether the channel has a message with any of these ids. */
    public boolean anyExists(Handle handle, Xid channel, Collection<String> publicIds) {
        return handle.createQuery(
                        "SELECT 1 FROM message WHERE channel_id = :channel AND public_id IN (<publicIds>) LIMIT 1")
                .bind("channel", channel)
                .bindList("publicIds", publicIds)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /** By id; an id without a message is absent. */
    public Map<Xid, Message> byIds(Handle handle, Collection<Xid> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        return handle
                .createQuery(SELECT + "WHERE id IN (<ids>)")
                .bindList("ids", ids)
                .map((row, context) -> message(row))
                .stream()
                .collect(Collectors.toMap(Message::id, Function.identity()));
    }

    static Message message(ResultSet row) throws SQLException {
        return new Message(
                Columns.xid(row, "id"),
                Columns.xid(row, "channel_id"),
                Columns.xid(row, "producer_id"),
                row.getString("public_id"),
                new Content(
                        row.getString("content_type"),
                        row.getInt("priority"),
                        readHeaders(row.getString("headers")),
                        row.getBytes("payload")),
                Columns.instant(row, "received_at"),
                row.getInt("job_count"));
    }

    /** Metadata headers as their column holds them. */
    public static String writeHeaders(Map<String, String> headers) {
        try {
            return headers.isEmpty() ? "" : JSON.writeValueAsString(headers);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    public static Map<String, String> readHeaders(String headers) {
        try {
            return headers.isEmpty() ? Map.of() : JSON.readValue(headers, HEADERS);
        } catch (JsonProcessingException corrupt) {
            throw new UncheckedIOException(corrupt);
        }
    }
}
