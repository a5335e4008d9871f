package org.webhookbroker.registry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;
import org.webhookbroker.secrets.SealedRow;
import org.webhookbroker.secrets.SecretKeys;
import org.webhookbroker.secrets.SecretUnreadableException;

/** The table of producers, or that of channels: they have the same columns. */
record EntryTable<T>(String name, Factory<T> factory) {
    interface Factory<T> {
        T entry(Xid id, String publicId, String name, String token, Instant createdAt, Instant changedAt);
    }

    static final EntryTable<Producer> PRODUCERS = new EntryTable<>("producer", Producer::new);
    static final EntryTable<Channel> CHANNELS = new EntryTable<>("channel", Channel::new);

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

    List<T> all(Handle handle, Unreadable unreadable) {
        return handle.createQuery(SELECT)
                .define("table", name)
                .map((row, context) -> read(row, context, unreadable))
                .list();
    }

    List<T> some(Handle handle, Set<Xid> ids, Unreadable unreadable) {
        if (ids.isEmpty()) {
            return List.of();
        }
        return handle.createQuery(SELECT + "WHERE id IN (<ids>)")
                .define("table", name)
                .bindList("ids", ids)
                .map((row, context) -> read(row, context, unreadable))
                .list();
    }

    Optional<T> find(Handle handle, String publicId, Unreadable unreadable) {
        return handle.createQuery(SELECT + """
                        WHERE public_id = :publicId
                        """)
                .define("table", name)
                .bind("publicId", publicId)
                .map((row, context) -> read(row, context, unreadable))
                .findOne();
    }

    /** @param wait how long for the row, as SQL has it */
    Optional<T> lock(Handle handle, String publicId, String wait, Unreadable unreadable) {
        return handle.createQuery(SELECT + """
                        WHERE public_id = :publicId FOR UPDATE <wait>
                        """)
                .define("wait", wait)
                .define("table", name)
                .bind("publicId", publicId)
                .map((row, context) -> read(row, context, unreadable))
                .findOne();
    }
}
