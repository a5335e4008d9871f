package org.webhookbroker.secrets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.config.JdbiConfig;
import org.jdbi.v3.core.statement.StatementContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/**
 * The keys by which secrets are encrypted in the database: the first writes, all read. Whoever reads or writes a row finds those of its
 * database by the handle. Immutable.
 */
public final class SecretKeys {
    private static final Logger LOG = LoggerFactory.getLogger(SecretKeys.class);

    public static final SecretKeys NONE = new SecretKeys(Optional.empty(), List.of());

    /** Instead of the first key: writes in clear. It is the way back. */
    private static final String CLEAR = "clear";

    private final Optional<EncryptionKey> writing;
    private final List<EncryptionKey> reading;

    private SecretKeys(Optional<EncryptionKey> writing, List<EncryptionKey> reading) {
        this.writing = writing;
        this.reading = reading;
    }

    /** @param text keys in base64 with commas or blanks between; the first may be the word {@code clear}. Throws if it is something else */
    static SecretKeys parse(String text) {
        List<String> words = new ArrayList<>(Arrays.asList(text.split("[\\s,]+")));
        words.removeIf(String::isEmpty);
        boolean clear = !words.isEmpty() && words.get(0).equals(CLEAR);
        List<EncryptionKey> keys =
                words.stream().skip(clear ? 1 : 0).map(EncryptionKey::parse).toList();
        return new SecretKeys(clear ? Optional.empty() : keys.stream().findFirst(), keys);
    }

    /** From here on, all handles of this database have them. */
    public void installOn(Database database) {
        if (!reading.isEmpty()) {
            LOG.info("Secrets of the registry are {}", this);
        }
        database.configure(OfDatabase.class, config -> config.keys = this);
    }

    public static SecretKeys of(Handle handle) {
        return handle.getConfig(OfDatabase.class).keys;
    }

    public static SecretKeys of(StatementContext context) {
        return context.getConfig(OfDatabase.class).keys;
    }

    /**
     * What is stored of one row.
     *
     * @param name of the entry, for messages
     */
    public SealedRow row(String table, Xid id, String name) {
        return new SealedRow(this, table, id, name);
    }

    /** Empty if values are written in clear. */
    Optional<EncryptionKey> writing() {
        return writing;
    }

    Optional<EncryptionKey> key(String id) {
        return reading.stream().filter(key -> key.id().equals(id)).findFirst();
    }

    /** By ids: what is written by which key, and what else is read. */
    @Override
    public String toString() {
        String others = reading.stream()
                .filter(key -> writing.filter(key::equals).isEmpty())
                .map(EncryptionKey::toString)
                .collect(Collectors.joining(", "));
        return writing.map(key -> "encrypted with " + key).orElse("written in clear")
                + (others.isEmpty() ? "" : "; read too: " + others);
    }

    /** How a handle knows them. */
    public static final class OfDatabase implements JdbiConfig<OfDatabase> {
        private volatile SecretKeys keys = NONE;

        @Override
        public OfDatabase createCopy() {
            OfDatabase copy = new OfDatabase();
            copy.keys = keys;
            return copy;
        }
    }
}
