package org.webhookbroker.registry;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;

/** Which entry was put or removed in a version of the registry. */
record RegistryChange(long version, Kind kind, Xid entry) {
    enum Kind {
        PRODUCER(0),
        CHANNEL(1),
        CONSUMER(2);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        static Kind of(RegistryEntry entry) {
            return entry instanceof Producer ? PRODUCER : entry instanceof Channel ? CHANNEL : CONSUMER;
        }

        static Kind stored(int code) {
            return code == PRODUCER.code ? PRODUCER : code == CHANNEL.code ? CHANNEL : CONSUMER;
        }
    }

    /** How many are kept, and about how many are read one by one: a node that is further behind reads everything. */
    private static final int KEPT = 1000;

    static final int READ = 200;

    /** Makes a new version, which names this one entry. In the transaction that changes the entry, and only if it does. */
    static void record(Handle handle, RegistryEntry entry) {
        long version = RegistryVersion.increment(handle);
        handle.createUpdate("INSERT INTO registry_change (version, kind, entry_id) VALUES (:version, :kind, :entry)")
                .bind("version", version)
                .bind("kind", Kind.of(entry).code)
                .bind("entry", entry.id())
                .execute();
        handle.createUpdate("DELETE FROM registry_change WHERE version <= :old")
                .bind("old", version - KEPT)
                .execute();
    }

    /**
     * What changed behind one version up to another. Empty when that is not known of each version between them: a node of an older release changed
     * something, or there is too much to read it one by one.
     */
    static Optional<List<RegistryChange>> between(Handle handle, long known, long version) {
        if (known <= 0 || version < known || version - known > READ) {
            return Optional.empty();
        }
        List<RegistryChange> changes = handle.createQuery("""
                        SELECT version, kind, entry_id FROM registry_change WHERE version > :known AND version <= :version
                        """)
                .bind("known", known)
                .bind("version", version)
                .map((row, context) -> new RegistryChange(
                        row.getLong("version"), Kind.stored(row.getInt("kind")), Columns.xid(row, "entry_id")))
                .list();
        return changes.size() == version - known ? Optional.of(changes) : Optional.empty();
    }
}
