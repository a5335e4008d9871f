package org.webhookbroker.registry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Reads the whole registry: a statement for each of its tables, and one that counts. A few thousand rows take some milliseconds, and changes are rare. */
final class RegistryLoader {
    private RegistryLoader() {}

    static RegistrySnapshot load(long version, Handle handle) {
        List<Producer> producers = EntryStore.allProducers(handle);
        List<Channel> channels = EntryStore.allChannels(handle);
        Map<Xid, Channel> channelById = channels.stream().collect(Collectors.toMap(Channel::id, Function.identity()));
        List<Consumer> consumers = handle.createQuery("""
                        SELECT id, channel_id, public_id, name, token, callback_url, type, max_retries, retry_delays,
                          unreachable_for, created_at, changed_at
                        FROM consumer ORDER BY id
                        """)
                .map((row, context) ->
                        consumer(row, Objects.requireNonNull(channelById.get(Columns.xid(row, "channel_id")))))
                .list();
        requireAll(handle, "producer", producers);
        requireAll(handle, "channel", channels);
        requireAll(handle, "consumer", consumers);
        return new RegistrySnapshot(version, producers, channels, consumers);
    }

    /** A consumer that was not read would get no jobs, and the accounting would not miss them (G3). */
    private static void requireAll(Handle handle, String table, List<?> read) {
        int rows = handle.createQuery("SELECT COUNT(*) FROM <table>")
                .define("table", table)
                .mapTo(Integer.class)
                .one();
        if (rows != read.size()) {
            throw new IllegalStateException("There are " + rows + " " + table + "s, but " + read.size()
                    + " were read: something cuts reads short");
        }
    }

    static Consumer consumer(ResultSet row, Channel channel) throws SQLException {
        return new Consumer(
                Columns.xid(row, "id"),
                channel,
                row.getString("public_id"),
                row.getString("name"),
                row.getString("token"),
                row.getString("callback_url"),
                ConsumerType.of(row.getInt("type")),
                retries(row.getString("max_retries"), row.getString("retry_delays"), row.getString("unreachable_for")),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "changed_at"));
    }

    private static Retries retries(String max, String delays, String unreachableFor) {
        return Retries.parse(max, delays, unreachableFor)
                .orElseThrow(() -> new IllegalStateException(
                        "Malformed retries in consumer: " + max + " / " + delays + " / " + unreachableFor));
    }
}
