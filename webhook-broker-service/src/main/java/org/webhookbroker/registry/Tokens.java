package org.webhookbroker.registry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.secrets.SealedRow;
import org.webhookbroker.secrets.SecretUnreadableException;

/** The one place that makes and compares tokens. */
public final class Tokens {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    /** 22 characters out of 62 are 130 bits. */
    private static final int LENGTH = 22;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Tokens() {}

    public static String generate() {
        return RANDOM.ints(LENGTH, 0, ALPHABET.length())
                .collect(StringBuilder::new, (token, i) -> token.append(ALPHABET.charAt(i)), StringBuilder::append)
                .toString();
    }

    /**
     * In constant time for texts of one length, so that a token cannot be guessed letter by letter. Throws {@link SecretUnreadableException} if
     * nobody here knows the token: the request may be as good as any other.
     */
    public static boolean matches(String token, @Nullable String given) {
        if (token.equals(SealedRow.UNREADABLE)) {
            throw SecretUnreadableException.before();
        }
        return given != null
                && MessageDigest.isEqual(
                        token.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
