package org.webhookbroker.registry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.audit.Who;
import org.webhookbroker.auth.ChannelScope;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Removal.Outcome;
import org.webhookbroker.secrets.SealedRow;
import org.webhookbroker.secrets.SecretKeys;
import org.webhookbroker.secrets.SecretUnreadableException;

/** The producers, or the channels: two tables with the same columns. Thread-safe. */
public final class EntryStore<T extends RegistryEntry> {
    private interface Factory<T> {
        T entry(Xid id, String publicId, String name, String token, Instant createdAt, Instant changedAt);
    }

    private record Table<T>(String name, Factory<T> factory) {
        static final String COLUMNS = "id, public_id, name, token, created_at, changed_at";
        /** The beginning of each statement that reads whole rows. */
        static final String SELECT = "SELECT " + COLUMNS + " FROM <table>\n";

        T read(ResultSet row, StatementContext context) throws SQLException {
            return entry(row, sealed(row, SecretKeys.of(context)).open("token", row.getString("token")));
        }

        /** If it keeps what is unreadable, such an entry has no token. */
        T read(ResultSet row, StatementContext context, Unreadable unreadable) throws SQLException {
            try {
                return read(row, context);
            } catch (SecretUnreadableException reason) {
                unreadable.met(reason);
                return entry(row, SealedRow.UNREADABLE);
            }
        }

        private T entry(ResultSet row, String token) throws SQLException {
            return factory.entry(
                    Columns.xid(row, "id"),
                    row.getString("public_id"),
                    row.getString("name"),
                    token,
                    Columns.instant(row, "created_at"),
                    Columns.instant(row, "changed_at"));
        }

        private SealedRow sealed(ResultSet row, SecretKeys keys) throws SQLException {
            return keys.row(name, Columns.xid(row, "id"), row.getString("public_id"));
        }
    }

    private static final Table<Producer> PRODUCERS = new Table<>("producer", Producer::new);
    private static final Table<Channel> CHANNELS = new Table<>("channel", Channel::new);

    private final Database database;
    private final RegistryWriter writer;
    private final Table<T> table;
    private final EntryUse<T> use;

    private EntryStore(Database database, RegistryWriter writer, Table<T> table, EntryUse<T> use) {
        this.database = database;
        this.writer = writer;
        this.table = table;
        this.use = use;
    }

    /** A producer may go at any time: its messages stay, and are delivered. */
    public static EntryStore<Producer> producers(Database database, RegistryWriter writer) {
        return new EntryStore<>(database, writer, PRODUCERS, EntryUse.none());
    }

    public static EntryStore<Channel> channels(Database database, RegistryWriter writer, EntryUse<Channel> use) {
        return new EntryStore<>(database, writer, CHANNELS, use);
    }

    public PutResult<T> put(EntryValues values, UpdateCondition condition, Deed deed) {
        return writer.put(condition, new Row<>(table, values), deed);
    }

    /** Removes an entry, unless something else needs it. A refusal does not hold up intake, which the removal itself does. */
    public Removal remove(String publicId, UpdateCondition condition, Who who) {
        Outcome seen = database.withHandle(handle -> judge(handle, find(handle, table, publicId), condition));
        if (seen != Outcome.REMOVED) {
            return Removal.of(seen);
        }
        return writer.change((locked, wait) -> lock(locked, table, publicId, wait), (handle, entry) -> {
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
        return database.withHandle(handle -> find(handle, table, publicId));
    }

    /** @param covered only those whose ids it covers */
    public List<T> page(PageRequest page, ChannelScope covered) {
        return database.withHandle(handle -> page.select(
                handle.createQuery(Table.SELECT + """
                        WHERE LEFT(public_id, CHAR_LENGTH(:start)) = :start AND (:many OR public_id = :start) AND <page>
                        """)
                        .define("table", table.name())
                        .bind("start", covered.start())
                        .bind("many", covered.isPrefix()),
                table::read));
    }

    static List<Producer> allProducers(Handle handle, Unreadable unreadable) {
        return all(handle, PRODUCERS, unreadable);
    }

    static List<Channel> allChannels(Handle handle, Unreadable unreadable) {
        return all(handle, CHANNELS, unreadable);
    }

    static List<Producer> someProducers(Handle handle, Set<Xid> ids, Unreadable unreadable) {
        return some(handle, PRODUCERS, ids, unreadable);
    }

    static List<Channel> someChannels(Handle handle, Set<Xid> ids, Unreadable unreadable) {
        return some(handle, CHANNELS, ids, unreadable);
    }

    private static <T> List<T> some(Handle handle, Table<T> table, Set<Xid> ids, Unreadable unreadable) {
        return handle.createQuery(Table.SELECT + "WHERE id IN (<ids>)")
                .define("table", table.name())
                .bindList("ids", ids)
                .map((row, context) -> table.read(row, context, unreadable))
                .list();
    }

    private static <T> List<T> all(Handle handle, Table<T> table, Unreadable unreadable) {
        return handle.createQuery(Table.SELECT)
                .define("table", table.name())
                .map((row, context) -> table.read(row, context, unreadable))
                .list();
    }

    private static <T> Optional<T> find(Handle handle, Table<T> table, String publicId) {
        return handle.createQuery(Table.SELECT + """
                        WHERE public_id = :publicId
                        """)
                .define("table", table.name())
                .bind("publicId", publicId)
                .map((row, context) -> table.read(row, context))
                .findOne();
    }

    private static <T> Optional<T> lock(Handle handle, Table<T> table, String publicId, String wait) {
        return handle.createQuery(Table.SELECT + """
                        WHERE public_id = :publicId FOR UPDATE <wait>
                        """)
                .define("wait", wait)
                .define("table", table.name())
                .bind("publicId", publicId)
                .map((row, context) -> table.read(row, context))
                .findOne();
    }

    private record Row<T extends RegistryEntry>(Table<T> table, EntryValues values) implements EntryRow<T> {
        @Override
        public Optional<T> find(Handle handle) {
            return EntryStore.find(handle, table, values.publicId());
        }

        @Override
        public Optional<T> lock(Handle handle, String wait) {
            return EntryStore.lock(handle, table, values.publicId(), wait);
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
                    "SET STATEMENT innodb_lock_wait_timeout = 0 FOR INSERT INTO <table> (" + Table.COLUMNS + """
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
