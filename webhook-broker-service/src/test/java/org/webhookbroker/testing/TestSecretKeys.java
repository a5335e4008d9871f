package org.webhookbroker.testing;

import java.util.Base64;
import org.webhookbroker.secrets.SecretKeys;
import org.webhookbroker.secrets.SecretsFactory;

/** Keys for {@code secrets.key}. */
public final class TestSecretKeys {
    public static final String FIRST = key(1);
    public static final String SECOND = key(2);
    /** As {@code base64 -d | sha256sum} says. */
    public static final String ID_OF_FIRST = "72cd6e84";

    private TestSecretKeys() {}

    private static String key(int fill) {
        byte[] bytes = new byte[32];
        java.util.Arrays.fill(bytes, (byte) fill);
        return Base64.getEncoder().encodeToString(bytes);
    }

    public static SecretKeys of(String text) {
        SecretsFactory secrets = new SecretsFactory();
        secrets.key = text;
        return secrets.keys();
    }
}
