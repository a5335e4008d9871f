package org.webhookbroker.registry;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;

/** Thread-safe. */
public final class ChannelStore {
    private final Database database;
    private final RegistryWriter writer;

    public ChannelStore(Database database, RegistryWriter writer) {
        this.database = database;
        this.writer = writer;
    }

    public PutResult<Channel> put(EntryValues values, UpdateCondition condition) {
        return writer.put(condition, new Row(values));
    }

    public Optional<Channel> find(String publicId) {
        return database.withHandle(handle -> find(handle, publicId));
    }

    public List<Channel> page(PageRequest page) {
        return page.newestFirst(database.withHandle(
                handle -> page.isOlder() ? older(handle, page.from()) : newer(handle, page.from())));
    }

    private static Optional<Channel> find(Handle handle, String publicId) {
        return handle.createQuery("""
                        SELECT id, public_id, name, token, created_at, changed_at FROM channel WHERE public_id = :publicId
                        """)
                .bind("publicId", publicId)
                .map((row, context) -> RegistryLoader.channel(row))
                .findOne();
    }

    private static List<Channel> older(Handle handle, Xid from) {
        return handle.createQuery("""
                        SELECT id, public_id, name, token, created_at, changed_at FROM channel
                        WHERE id < :from ORDER BY id DESC LIMIT :size
                        """)
                .bind("from", from)
                .bind("size", PageRequest.SIZE)
                .map((row, context) -> RegistryLoader.channel(row))
                .list();
    }

    private static List<Channel> newer(Handle handle, Xid from) {
        return handle.createQuery("""
                        SELECT id, public_id, name, token, created_at, changed_at FROM channel
                        WHERE id > :from ORDER BY id LIMIT :size
                        """)
                .bind("from", from)
                .bind("size", PageRequest.SIZE)
                .map((row, context) -> RegistryLoader.channel(row))
                .list();
    }

    private record Row(EntryValues values) implements EntryRow<Channel> {
        @Override
        public Optional<Channel> find(Handle handle) {
            return ChannelStore.find(handle, values.publicId());
        }

        @Override
        public Optional<Channel> lock(Handle handle) {
            return handle.createQuery("""
                            SELECT id, public_id, name, token, created_at, changed_at FROM channel
                            WHERE public_id = :publicId FOR UPDATE
                            """)
                    .bind("publicId", values.publicId())
                    .map((row, context) -> RegistryLoader.channel(row))
                    .findOne();
        }

        @Override
        public boolean isAlready(Channel channel) {
            return values.areThoseOf(channel);
        }

        @Override
        public Channel insert(Handle handle, Xid id, Instant now) {
            handle.createUpdate("""
                            INSERT INTO channel (id, public_id, name, token, created_at, changed_at)
                            VALUES (:id, :publicId, :name, :token, :now, :now)
                            """)
                    .bind("id", id)
                    .bind("publicId", values.publicId())
                    .bind("name", values.name())
                    .bind("token", values.token())
                    .bind("now", now)
                    .execute();
            return new Channel(id, values.publicId(), values.name(), values.token(), now, now);
        }

        @Override
        public Channel update(Handle handle, Channel channel, Instant changedAt) {
            handle.createUpdate("""
                            UPDATE channel SET name = :name, token = :token, changed_at = :changedAt WHERE id = :id
                            """)
                    .bind("id", channel.id())
                    .bind("name", values.name())
                    .bind("token", values.token())
                    .bind("changedAt", changedAt)
                    .execute();
            return new Channel(
                    channel.id(), values.publicId(), values.name(), values.token(), channel.createdAt(), changedAt);
        }
    }
}
