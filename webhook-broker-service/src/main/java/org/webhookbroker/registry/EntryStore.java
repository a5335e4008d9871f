package org.webhookbroker.registry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;

/** The producers, or the channels: two tables with the same columns. Thread-safe. */
public final class EntryStore<T extends RegistryEntry> {
    private interface Factory<T> {
        T entry(Xid id, String publicId, String name, String token, Instant createdAt, Instant changedAt);
    }

    private record Table<T>(String name, Factory<T> factory) {
        T read(ResultSet row) throws SQLException {
            return factory.entry(
                    Columns.xid(row, "id"),
                    row.getString("public_id"),
                    row.getString("name"),
                    row.getString("token"),
                    Columns.instant(row, "created_at"),
                    Columns.instant(row, "changed_at"));
        }
    }

    private static final Table<Producer> PRODUCERS = new Table<>("producer", Producer::new);
    private static final Table<Channel> CHANNELS = new Table<>("channel", Channel::new);

    private final Database database;
    private final RegistryWriter writer;
    private final Table<T> table;

    private EntryStore(Database database, RegistryWriter writer, Table<T> table) {
        this.database = database;
        this.writer = writer;
        this.table = table;
    }

    public static EntryStore<Producer> producers(Database database, RegistryWriter writer) {
        return new EntryStore<>(database, writer, PRODUCERS);
    }

    public static EntryStore<Channel> channels(Database database, RegistryWriter writer) {
        return new EntryStore<>(database, writer, CHANNELS);
    }

    public PutResult<T> put(EntryValues values, UpdateCondition condition) {
        return writer.put(condition, new Row<>(table, values));
    }

    public Optional<T> find(String publicId) {
        return database.withHandle(handle -> find(handle, table, publicId));
    }

    public List<T> page(PageRequest page) {
        return database.withHandle(handle ->
                page.select(handle.createQuery("""
                        SELECT id, public_id, name, token, created_at, changed_at FROM <table> WHERE <page>
                        """).define("table", table.name()), (row, context) -> table.read(row)));
    }

    static List<Producer> allProducers(Handle handle) {
        return all(handle, PRODUCERS);
    }

    static List<Channel> allChannels(Handle handle) {
        return all(handle, CHANNELS);
    }

    private static <T> List<T> all(Handle handle, Table<T> table) {
        return handle.createQuery("SELECT id, public_id, name, token, created_at, changed_at FROM <table>")
                .define("table", table.name())
                .map((row, context) -> table.read(row))
                .list();
    }

    private static <T> Optional<T> find(Handle handle, Table<T> table, String publicId) {
        return handle.createQuery("""
                        SELECT id, public_id, name, token, created_at, changed_at FROM <table> WHERE public_id = :publicId
                        """)
                .define("table", table.name())
                .bind("publicId", publicId)
                .map((row, context) -> table.read(row))
                .findOne();
    }

    private record Row<T extends RegistryEntry>(Table<T> table, EntryValues values) implements EntryRow<T> {
        @Override
        public Optional<T> find(Handle handle) {
            return EntryStore.find(handle, table, values.publicId());
        }

        @Override
        public Optional<T> lock(Handle handle, String wait) {
            return handle.createQuery("""
                            SELECT id, public_id, name, token, created_at, changed_at FROM <table>
                            WHERE public_id = :publicId <lock>
                            """)
                    .define("lock", "FOR UPDATE " + wait)
                    .define("table", table.name())
                    .bind("publicId", values.publicId())
                    .map((row, context) -> table.read(row))
                    .findOne();
        }

        @Override
        public boolean isAlready(T entry) {
            return values.areThoseOf(entry);
        }

        @Override
        public T insert(Handle handle, Xid id, Instant now) {
            handle.createUpdate("""
                            SET STATEMENT innodb_lock_wait_timeout = 0 FOR INSERT INTO <table> (id, public_id, name, token, created_at, changed_at)
                            VALUES (:id, :publicId, :name, :token, :now, :now)
                            """)
                    .define("table", table.name())
                    .bind("id", id)
                    .bind("publicId", values.publicId())
                    .bind("name", values.name())
                    .bind("token", values.token())
                    .bind("now", now)
                    .execute();
            return entry(id, now, now);
        }

        @Override
        public T update(Handle handle, T entry, Instant changedAt) {
            handle.createUpdate("""
                            UPDATE <table> SET name = :name, token = :token, changed_at = :changedAt WHERE id = :id
                            """)
                    .define("table", table.name())
                    .bind("id", entry.id())
                    .bind("name", values.name())
                    .bind("token", values.token())
                    .bind("changedAt", changedAt)
                    .execute();
            return entry(entry.id(), entry.createdAt(), changedAt);
        }

        private T entry(Xid id, Instant createdAt, Instant changedAt) {
            return table.factory().entry(id, values.publicId(), values.name(), values.token(), createdAt, changedAt);
        }
    }
}
