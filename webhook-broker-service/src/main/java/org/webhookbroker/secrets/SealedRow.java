package org.webhookbroker.secrets;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.webhookbroker.database.Xid;

/**
 * The encrypted values of one row. Each is {@code U+0001 enc:KEY-ID:BASE64}, of nonce, ciphertext and tag. No clear value begins so, since the
 * registry has never let a control character in. A value is bound to its table, column and row: copied elsewhere it cannot be read.
 */
public record SealedRow(SecretKeys keys, String table, Xid id, String name) {
    static final String MARK = "\u0001enc:";

    /** In memory, instead of a value that cannot be read. It is never written. */
    public static final String UNREADABLE = MARK;

    private static final int KEY_END = MARK.length() + EncryptionKey.ID_LENGTH;

    /** What is to be stored. An empty value has nothing to hide, and stays empty. */
    public String seal(String column, String clear) {
        if (clear.startsWith(MARK)) {
            throw SecretUnreadableException.before();
        }
        Optional<EncryptionKey> key = clear.isEmpty() ? Optional.empty() : keys.writing();
        return key.map(with -> MARK + with.id() + ":" + with.encrypt(place(column), clear))
                .orElse(clear);
    }

    /** The clear value; what is stored in clear is one. */
    public String open(String column, String stored) {
        if (!stored.startsWith(MARK)) {
            return stored;
        }
        String keyId = keyId(stored);
        EncryptionKey key = keys.key(keyId)
                .orElseThrow(() -> new SecretUnreadableException(
                        "%s is encrypted with key %s, which secrets.key does not have: add this key to it, behind the first"
                                .formatted(describe(column), keyId)));
        try {
            return key.decrypt(place(column), stored.substring(KEY_END + 1));
        } catch (RuntimeException unfit) {
            throw new SecretUnreadableException(
                    "%s does not fit key %s and its place: somebody has changed it in the database, or moved it there. See \"Tampered values\" in docs/security.md"
                            .formatted(describe(column), keyId));
        }
    }

    /** Whether it is stored as {@link #seal} would store it now. */
    public boolean isCurrent(String stored) {
        if (!stored.startsWith(MARK)) {
            return stored.isEmpty() || keys.writing().isEmpty();
        }
        return keys.writing().filter(key -> key.id().equals(keyId(stored))).isPresent();
    }

    /** Any characters, if somebody has changed the value. */
    private static String keyId(String stored) {
        int end = stored.indexOf(':', MARK.length());
        String id = end == KEY_END ? stored.substring(MARK.length(), end) : "";
        return id.chars().allMatch(Character::isLetterOrDigit) && !id.isEmpty() ? id : "(unknown)";
    }

    /** The id has a fixed length, and names hold no zero: no two places are alike. */
    private byte[] place(String column) {
        byte[] names = (table + "." + column + "\0").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(names.length + Xid.BYTES)
                .put(names)
                .put(id.bytes())
                .array();
    }

    private String describe(String column) {
        return "Column " + column + " of " + table + " " + name.replaceAll("\\p{Cntrl}", "?");
    }

    /** Without keys. */
    @Override
    public String toString() {
        return table + " " + name;
    }
}
