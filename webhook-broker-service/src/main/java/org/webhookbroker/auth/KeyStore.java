package org.webhookbroker.auth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditRecord;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.audit.Differences;
import org.webhookbroker.audit.Target;
import org.webhookbroker.audit.Who;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/** The tables of keys. Whoever makes or revokes one increments their version, by which the other nodes notice. Thread-safe. */
final class KeyStore {
    /** Each node has all of them in memory. */
    static final int MOST = 10_000;

    /** All keys, of a version or newer. */
    record Keys(long version, List<StoredKey> all) {}

    private static final String COLUMNS =
            "id, name, role, channels, producer, hash, hint, created_at, ends_at, last_used_at";

    private final Database database;
    private final AuditTrail trail;

    KeyStore(Database database) {
        this.database = database;
        this.trail = new AuditTrail(database);
    }

    long version() {
        return database.withHandle(KeyStore::version);
    }

    private static long version(Handle handle) {
        return handle.createQuery("SELECT version FROM api_key_version WHERE id = 1")
                .mapTo(Long.class)
                .one();
    }

    /** The version is read first: what is changed meanwhile is seen now or with the next version. */
    Keys all() {
        return database.withHandle(handle -> new Keys(version(handle), list(handle)));
    }

    private static List<StoredKey> list(Handle handle) {
        return handle
                .createQuery("SELECT " + COLUMNS + " FROM api_key ORDER BY id")
                .map((row, context) -> read(row))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Empty for a role that a newer release has made: what it may do is not known here. */
    private static Optional<StoredKey> read(ResultSet row) throws SQLException {
        Optional<Role> role = Role.parse(row.getString("role"));
        if (role.isEmpty()) {
            return Optional.empty();
        }
        ApiKey key = new ApiKey(
                Columns.xid(row, "id"),
                row.getString("name"),
                role.get(),
                new ChannelScope(row.getString("channels")),
                Optional.of(row.getString("producer")).filter(producer -> !producer.isEmpty()),
                Columns.instant(row, "created_at"),
                Optional.ofNullable(Columns.instantOrNull(row, "ends_at")));
        return Optional.of(new StoredKey(
                key,
                HexFormat.of().formatHex(row.getBytes("hash")),
                row.getString("hint"),
                Optional.ofNullable(Columns.instantOrNull(row, "last_used_at"))));
    }

    /** False if there is no room for one more. */
    boolean add(StoredKey added, Who who) {
        return database.inTransaction(handle -> {
            beginChange(handle);
            long keys = handle.createQuery("SELECT COUNT(*) FROM api_key")
                    .mapTo(Long.class)
                    .one();
            if (keys >= MOST) {
                return false;
            }
            ApiKey key = added.key();
            handle.createUpdate("INSERT INTO api_key (" + COLUMNS + """
                            ) VALUES (:id, :name, :role, :channels, :producer, UNHEX(:hash), :hint, :createdAt, :endsAt, NULL)
                            """)
                    .bind("id", key.id())
                    .bind("name", key.name())
                    .bind("role", key.role().wireName())
                    .bind("channels", key.channels().text())
                    .bind("producer", key.producer().orElse(""))
                    .bind("hash", added.hash())
                    .bind("hint", added.hint())
                    .bind("createdAt", key.createdAt())
                    .bindByType("endsAt", key.endsAt().orElse(null), Instant.class)
                    .execute();
            trail.record(handle, change(who.doing(Action.ADD_KEY), key.id(), Optional.empty(), Optional.of(key)));
            return true;
        });
    }

    /** False if there is none such. */
    boolean remove(Xid id, Who who) {
        return database.inTransaction(handle -> {
            beginChange(handle);
            Optional<ApiKey> known = list(handle).stream()
                    .map(StoredKey::key)
                    .filter(key -> key.id().equals(id))
                    .findFirst();
            boolean removed = handle.execute("DELETE FROM api_key WHERE id = ?", id) == 1;
            if (removed) {
                trail.record(handle, change(who.doing(Action.REVOKE_KEY), id, known, Optional.empty()));
            }
            return removed;
        });
    }

    private static AuditRecord change(Deed deed, Xid id, Optional<ApiKey> before, Optional<ApiKey> after) {
        return deed.on(Target.of(Target.Kind.KEY, id.toString()))
                .with(new Differences<>(before, after)
                        .text("name", ApiKey::name)
                        .text("role", key -> key.role().wireName())
                        .text("channels", key -> key.channels().text())
                        .text("producer", key -> key.producer().orElse(""))
                        .text(
                                "endsAt",
                                key -> key.endsAt().map(Instant::toString).orElse("")));
    }

    /** One change at a time, so that versions become visible in their order. */
    private static void beginChange(Handle handle) {
        if (handle.execute("UPDATE api_key_version SET version = version + 1 WHERE id = 1") != 1) {
            throw new IllegalStateException("api_key_version has lost its row: run the db migrate command");
        }
    }

    /** Of a key that was revoked meanwhile, nothing is kept; nor if another node knows a later use. */
    void used(Map<Xid, Instant> uses) {
        database.inTransaction(handle -> {
            PreparedBatch batch = handle.prepareBatch("""
                    UPDATE api_key SET last_used_at = :at WHERE id = :id AND COALESCE(last_used_at < :at, TRUE)
                    """);
            uses.forEach((id, at) -> batch.bind("id", id).bind("at", at).add());
            return batch.execute();
        });
    }
}
