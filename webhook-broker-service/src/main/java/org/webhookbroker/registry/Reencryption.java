package org.webhookbroker.registry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Update;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.secrets.SealedRow;
import org.webhookbroker.secrets.SecretKeys;
import org.webhookbroker.secrets.SecretUnreadableException;

/**
 * Stores the secrets of the registry as they would be written now: encrypted with the first key, or in clear. What they mean stays, so there is no
 * new version of the registry, no entry has changed for its clients, and intake does not wait. A row is written only if it is still what was read,
 * so that a PUT wins. May be broken off and repeated at any time. Used by one thread.
 */
public final class Reencryption {
    private static final int ROWS = 100;
    private static final int TRIES = 3;

    private record Table(String name, List<String> columns) {}

    private record Row(Table table, Xid id, String publicId, Map<String, String> stored) {
        /** Without what is stored. */
        @Override
        public String toString() {
            return table.name() + " " + publicId;
        }
    }

    private final Database database;
    private final SecretKeys keys;
    private final Consumer<String> trouble;
    private final Queue<Table> tables = new ArrayDeque<>(List.of(
            new Table("producer", List.of("token")),
            new Table("channel", List.of("token")),
            new Table("consumer", List.of("token", "callback_url", "signing_secrets"))));
    private Xid cursor = new Xid(0, 0);
    private long read;
    private long written;
    private long left;

    /** @param trouble is told what is left as it was, and why */
    public Reencryption(Database database, Consumer<String> trouble) {
        this.database = database;
        this.keys = database.withHandle(SecretKeys::of);
        this.trouble = trouble;
    }

    /** Some rows. False at the end. */
    public boolean step() {
        Table table = tables.peek();
        if (table == null) {
            return false;
        }
        List<Row> rows =
                database.withHandle(handle -> rows(handle, table, "id > :id ORDER BY id LIMIT " + ROWS, cursor));
        for (Row row : rows) {
            read++;
            renew(row);
            cursor = row.id();
        }
        if (rows.size() < ROWS) {
            tables.remove();
            cursor = new Xid(0, 0);
        }
        return true;
    }

    private void renew(Row found) {
        Row row = found;
        try {
            for (int i = 0; i < TRIES; i++) {
                Map<String, String> renewed = renewed(row);
                if (renewed.equals(row.stored())) {
                    return;
                }
                if (write(row, renewed)) {
                    written++;
                    return;
                }
                List<Row> now = database.withHandle(handle -> rows(handle, found.table(), "id = :id", found.id()));
                if (now.isEmpty()) {
                    return;
                }
                row = now.get(0);
            }
            leave(row + " is being changed");
        } catch (SecretUnreadableException unreadable) {
            leave(unreadable.reason());
        } catch (JdbiException failure) {
            if (!Database.isLocked(failure)) {
                throw failure;
            }
            leave(row + " is locked by somebody");
        }
    }

    private void leave(String why) {
        left++;
        trouble.accept(why);
    }

    /** Also what needs no new value is read, so that one that cannot be is told of. */
    private Map<String, String> renewed(Row row) {
        SealedRow sealed = keys.row(row.table().name(), row.id(), row.publicId());
        Map<String, String> renewed = new LinkedHashMap<>();
        row.stored().forEach((column, stored) -> {
            String clear = sealed.open(column, stored);
            renewed.put(column, sealed.isCurrent(stored) ? stored : sealed.seal(column, clear));
        });
        return renewed;
    }

    private boolean write(Row row, Map<String, String> renewed) {
        return database.inTransaction(Database.LockWait.ONCE, handle -> {
            Update update = handle.createUpdate("UPDATE <table> SET <new> WHERE id = :id AND <old>")
                    .define("table", row.table().name())
                    .define("new", each(row, "%1$s = :new_%1$s", ", "))
                    .define("old", each(row, "%1$s = :old_%1$s", " AND "))
                    .bind("id", row.id());
            renewed.forEach((column, value) -> update.bind("new_" + column, value));
            row.stored().forEach((column, value) -> update.bind("old_" + column, value));
            return update.execute() == 1;
        });
    }

    private static String each(Row row, String form, String between) {
        return row.table().columns().stream().map(form::formatted).collect(Collectors.joining(between));
    }

    private static List<Row> rows(Handle handle, Table table, String which, Xid id) {
        return handle.createQuery("SELECT id, public_id, <columns> FROM <table> WHERE <which>")
                .define("columns", String.join(", ", table.columns()))
                .define("table", table.name())
                .define("which", which)
                .bind("id", id)
                .map((row, context) -> read(table, row))
                .list();
    }

    private static Row read(Table table, ResultSet row) throws SQLException {
        Map<String, String> stored = new LinkedHashMap<>();
        for (String column : table.columns()) {
            stored.put(column, row.getString(column));
        }
        return new Row(table, Columns.xid(row, "id"), row.getString("public_id"), stored);
    }

    /** How many entries were left as they were, although they should not. */
    public long left() {
        return left;
    }

    /** For people. */
    @Override
    public String toString() {
        return "%s entries looked at, %s written anew, %s left as they were; values are now %s"
                .formatted(read, written, left, keys);
    }
}
