package org.webhookbroker.registry;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;

/** Thread-safe. */
public final class ProducerStore {
    private final Database database;
    private final RegistryWriter writer;

    public ProducerStore(Database database, RegistryWriter writer) {
        this.database = database;
        this.writer = writer;
    }

    public PutResult<Producer> put(EntryValues values, UpdateCondition condition) {
        return writer.put(condition, new Row(values));
    }

    public Optional<Producer> find(String publicId) {
        return database.withHandle(handle -> find(handle, publicId));
    }

    public List<Producer> page(PageRequest page) {
        return page.newestFirst(database.withHandle(
                handle -> page.isOlder() ? older(handle, page.from()) : newer(handle, page.from())));
    }

    private static Optional<Producer> find(Handle handle, String publicId) {
        return handle.createQuery("""
                        SELECT id, public_id, name, token, created_at, changed_at FROM producer WHERE public_id = :publicId
                        """)
                .bind("publicId", publicId)
                .map((row, context) -> RegistryLoader.producer(row))
                .findOne();
    }

    private static List<Producer> older(Handle handle, Xid from) {
        return handle.createQuery("""
                        SELECT id, public_id, name, token, created_at, changed_at FROM producer
                        WHERE id < :from ORDER BY id DESC LIMIT :size
                        """)
                .bind("from", from)
                .bind("size", PageRequest.SIZE)
                .map((row, context) -> RegistryLoader.producer(row))
                .list();
    }

    private static List<Producer> newer(Handle handle, Xid from) {
        return handle.createQuery("""
                        SELECT id, public_id, name, token, created_at, changed_at FROM producer
                        WHERE id > :from ORDER BY id LIMIT :size
                        """)
                .bind("from", from)
                .bind("size", PageRequest.SIZE)
                .map((row, context) -> RegistryLoader.producer(row))
                .list();
    }

    private record Row(EntryValues values) implements EntryRow<Producer> {
        @Override
        public Optional<Producer> find(Handle handle) {
            return ProducerStore.find(handle, values.publicId());
        }

        @Override
        public Optional<Producer> lock(Handle handle) {
            return handle.createQuery("""
                            SELECT id, public_id, name, token, created_at, changed_at FROM producer
                            WHERE public_id = :publicId FOR UPDATE
                            """)
                    .bind("publicId", values.publicId())
                    .map((row, context) -> RegistryLoader.producer(row))
                    .findOne();
        }

        @Override
        public boolean isAlready(Producer producer) {
            return values.areThoseOf(producer);
        }

        @Override
        public Producer insert(Handle handle, Xid id, Instant now) {
            handle.createUpdate("""
                            INSERT INTO producer (id, public_id, name, token, created_at, changed_at)
                            VALUES (:id, :publicId, :name, :token, :now, :now)
                            """)
                    .bind("id", id)
                    .bind("publicId", values.publicId())
                    .bind("name", values.name())
                    .bind("token", values.token())
                    .bind("now", now)
                    .execute();
            return new Producer(id, values.publicId(), values.name(), values.token(), now, now);
        }

        @Override
        public Producer update(Handle handle, Producer producer, Instant changedAt) {
            handle.createUpdate("""
                            UPDATE producer SET name = :name, token = :token, changed_at = :changedAt WHERE id = :id
                            """)
                    .bind("id", producer.id())
                    .bind("name", values.name())
                    .bind("token", values.token())
                    .bind("changedAt", changedAt)
                    .execute();
            return new Producer(
                    producer.id(), values.publicId(), values.name(), values.token(), producer.createdAt(), changedAt);
        }
    }
}
