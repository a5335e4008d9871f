package org.webhookbroker.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** The one place that makes the texts of keys, and what is kept of them. */
final class KeyText {
    /** So that programs that search for leaked secrets know one. */
    static final String PREFIX = "whb_";

    private static final int RANDOM_BYTES = 32;
    private static final int HINT = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    private KeyText() {}

    static String make() {
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /**
     * SHA-256, in hexadecimal digits. No salt and no slow hash: nobody goes through 256 random bits. For the same reason it may be looked
     * up in a map: how long that takes tells something of the hash of a guess, and nothing of a key.
     */
    static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256", impossible);
        }
    }

    /** By which people know it again. */
    static String hint(String text) {
        return text.substring(text.length() - HINT);
    }
}
