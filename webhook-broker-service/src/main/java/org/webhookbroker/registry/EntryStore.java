package org.webhookbroker.registry;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.audit.Who;
import org.webhookbroker.auth.ChannelScope;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Removal.Outcome;
import org.webhookbroker.secrets.SecretKeys;

/** The producers, or the channels: two tables with the same columns. Thread-safe. */
public final class EntryStore<T extends RegistryEntry> {
    private final Database database;
    private final RegistryWriter writer;
    private final EntryTable<T> table;
    private final EntryUse<T> use;

    private EntryStore(Database database, RegistryWriter writer, EntryTable<T> table, EntryUse<T> use) {
        this.database = database;
        this.writer = writer;
        this.table = table;
        this.use = use;
    }

    /** A producer may go at any time: its messages stay, and are delivered. */
    public static EntryStore<Producer> producers(Database database, RegistryWriter writer) {
        return new EntryStore<>(database, writer, EntryTable.PRODUCERS, EntryUse.none());
    }

    public static EntryStore<Channel> channels(Database database, RegistryWriter writer, EntryUse<Channel> use) {
        return new EntryStore<>(database, writer, EntryTable.CHANNELS, use);
    }

    public PutResult<T> put(EntryValues values, UpdateCondition condition, Deed deed) {
        return writer.put(condition, new Row<>(table, values), deed);
    }

    /**
     * Removes an entry, readable or not, unless something else needs it. A refusal does not hold up intake, which the removal itself
     * does.
     */
    public Removal remove(String publicId, UpdateCondition condition, Who who) {
        Outcome seen = database.withHandle(
                handle -> judge(handle, table.find(handle, publicId, Unreadable.UNASKED), condition));
        if (seen != Outcome.REMOVED) {
            return Removal.of(seen);
        }
        return writer.change(
                (locked, wait) -> table.lock(locked, publicId, wait, Unreadable.UNASKED), (handle, entry) -> {
                    Outcome outcome = judge(handle, entry, condition);
                    if (entry.isPresent() && outcome == Outcome.REMOVED) {
                        use.forget(handle, entry.get());
                        handle.createUpdate("DELETE FROM <table> WHERE id = :id")
                                .define("table", table.name())
                                .bind("id", entry.get().id())
                                .execute();
                        writer.removed(handle, entry.get(), who);
                    }
                    return Removal.of(outcome);
                });
    }

    private Outcome judge(Handle handle, Optional<T> entry, UpdateCondition condition) {
        if (entry.isEmpty()) {
            return Outcome.UNKNOWN;
        }
        return switch (condition.against(entry.get())) {
            case MISSING -> Outcome.CONDITION_MISSING;
            case OUTDATED -> Outcome.CONDITION_OUTDATED;
            case PASSED -> use.isNeeded(handle, entry.get()) ? Outcome.NEEDED : Outcome.REMOVED;
        };
    }

    public Optional<T> find(String publicId) {
        return database.withHandle(handle -> table.find(handle, publicId, Unreadable.REFUSED));
    }

    /**
     * For a list, which shows no secrets.
     *
     * @param covered only those whose ids it covers
     */
    public List<T> page(PageRequest page, ChannelScope covered) {
        return database.withHandle(handle -> page.select(
                handle.createQuery(EntryTable.SELECT + """
                        WHERE LEFT(public_id, CHAR_LENGTH(:start)) = :start AND (:many OR public_id = :start) AND <page>
                        """)
                        .define("table", table.name())
                        .bind("start", covered.start())
                        .bind("many", covered.isPrefix()),
                (row, context) -> table.read(row, context, Unreadable.UNASKED)));
    }

    private record Row<T extends RegistryEntry>(EntryTable<T> table, EntryValues values) implements EntryRow<T> {
        @Override
        public Optional<T> find(Handle handle) {
            return table.find(handle, values.publicId(), Unreadable.REFUSED);
        }

        @Override
        public Optional<T> lock(Handle handle, String wait) {
            return table.lock(handle, values.publicId(), wait, Unreadable.REFUSED);
        }

        @Override
        public boolean isAlready(T entry) {
            return values.areThoseOf(entry);
        }

        @Override
        public long text() {
            return values.text();
        }

        @Override
        public T insert(Handle handle, Xid id, Instant now) {
            String insert =
                    "SET STATEMENT innodb_lock_wait_timeout = 0 FOR INSERT INTO <table> (" + EntryTable.COLUMNS + """
                    ) VALUES (:id, :publicId, :name, :token, :now, :now)
                    """;
            handle.createUpdate(insert)
                    .define("table", table.name())
                    .bind("id", id)
                    .bind("publicId", values.publicId())
                    .bind("name", values.name())
                    .bind("token", sealedToken(handle, id))
                    .bind("now", now)
                    .execute();
            return entry(id, now, now);
        }

        @Override
        public T update(Handle handle, T entry, Instant now, Instant changedAt) {
            handle.createUpdate("""
                            UPDATE <table> SET name = :name, token = :token, changed_at = :changedAt WHERE id = :id
                            """)
                    .define("table", table.name())
                    .bind("id", entry.id())
                    .bind("name", values.name())
                    .bind("token", sealedToken(handle, entry.id()))
                    .bind("changedAt", changedAt)
                    .execute();
            return entry(entry.id(), entry.createdAt(), changedAt);
        }

        private String sealedToken(Handle handle, Xid id) {
            return SecretKeys.of(handle)
                    .row(table.name(), id, values.publicId())
                    .seal("token", values.token());
        }

        private T entry(Xid id, Instant createdAt, Instant changedAt) {
            return table.factory().entry(id, values.publicId(), values.name(), values.token(), createdAt, changedAt);
        }
    }
}
