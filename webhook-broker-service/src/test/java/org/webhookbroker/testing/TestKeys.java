package org.webhookbroker.testing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import org.webhookbroker.database.XidGenerator;

/** Keys in the database of a test, put there before its broker starts: the real way takes a second for each. */
public final class TestKeys {
    private static final XidGenerator IDS = new XidGenerator(Clock.systemUTC());

    private final MariaDbExtension mariaDb;

    public TestKeys(MariaDbExtension mariaDb) {
        this.mariaDb = mariaDb;
    }

    /** The text of a key for all channels. */
    public String add(String role) {
        return add(role, "*");
    }

    public String add(String role, String channels) {
        return add(role, channels, "");
    }

    /** @param producer empty for any */
    public String add(String role, String channels, String producer) {
        String id = IDS.next().toString();
        String text = "whb_" + id + role;
        mariaDb.database().inTransaction(handle -> {
            handle.execute("UPDATE api_key_version SET version = version + 1");
            return handle.createUpdate("""
                            INSERT INTO api_key (id, name, role, channels, producer, hash, hint, created_at)
                            VALUES (UNHEX(:id), :role, :role, :channels, :producer, UNHEX(:hash), '', UTC_TIMESTAMP)
                            """)
                    .bind("id", hash(text).substring(0, 24))
                    .bind("role", role)
                    .bind("channels", channels)
                    .bind("producer", producer)
                    .bind("hash", hash(text))
                    .execute();
        });
        return text;
    }

    /** On other nodes at once too, as far as the database knows. */
    public void revoke(String text) {
        mariaDb.database().inTransaction(handle -> {
            handle.execute("UPDATE api_key_version SET version = version + 1");
            return handle.execute("DELETE FROM api_key WHERE hash = UNHEX(?)", hash(text));
        });
    }

    public static String header(String text) {
        return "Authorization: Bearer " + text;
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
