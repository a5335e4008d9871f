package org.webhookbroker.message;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore;

/** Messages as people ask for them. Only {@link #find} reads a payload; {@link #bytesToShow} says before how large it is. Thread-safe. */
public final class MessageReads {
    private final Database database;
    private final TallyStore tallies = new TallyStore();

    public MessageReads(Database database) {
        this.database = database;
    }

    /** About how many bytes it takes to show the message: its payload and 512 for each job, at most the largest payload. */
    public Optional<Integer> bytesToShow(Xid channel, String publicId) {
        return database.withHandle(handle -> handle.createQuery("""
                        SELECT LEAST(OCTET_LENGTH(payload) + 512 * job_count, 16777215) FROM message
                        WHERE channel_id = :channel AND public_id = :publicId
                        """)
                .bind("channel", channel)
                .bind("publicId", publicId)
                .mapTo(Integer.class)
                .findOne());
    }

    public Optional<Message> find(Xid channel, String publicId) {
        return database.withHandle(handle -> handle.createQuery(
                        MessageStore.SELECT + "WHERE channel_id = :channel AND public_id = :publicId")
                .bind("channel", channel)
                .bind("publicId", publicId)
                .map((row, context) -> MessageStore.message(row))
                .findOne());
    }

    /** A page of a channel's messages, newest first. Without the hint MariaDB may walk through those of all channels. */
    public List<MessageKey> page(Xid channel, PageRequest page) {
        return database.withHandle(
                handle -> page.select(handle.createQuery("""
                        SELECT id, channel_id, producer_id, public_id FROM message FORCE INDEX (message_channel)
                        WHERE channel_id = :channel AND <page>
                        """).bind("channel", channel), (row, context) -> key(row)));
    }

    /** By id; an id without a message is absent. */
    public Map<Xid, MessageKey> keys(Collection<Xid> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        return database.withHandle(handle -> handle
                .createQuery("SELECT id, channel_id, producer_id, public_id FROM message WHERE id IN (<ids>)")
                .bindList("ids", ids)
                .map((row, context) -> key(row))
                .list()
                .stream()
                .collect(Collectors.toMap(MessageKey::id, Function.identity())));
    }

    /** How many messages of the channel are stored: from the counters, not by counting. */
    public long stored(Xid channel) {
        return database.withHandle(handle -> tallies.of(handle, channel).stored());
    }

    private static MessageKey key(ResultSet row) throws SQLException {
        return new MessageKey(
                Columns.xid(row, "id"),
                Columns.xid(row, "channel_id"),
                Columns.xid(row, "producer_id"),
                row.getString("public_id"));
    }
}
