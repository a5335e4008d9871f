package org.webhookbroker.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;

/**
 * A row of {@code api_key}.
 *
 * @param hash of its text, see {@link KeyText#hash}
 * @param hint how its text ends
 * @param lastUsedAt to the minute
 */
record StoredKey(ApiKey key, String hash, String hint, Optional<Instant> lastUsedAt) {
    boolean hasHash(String given) {
        return MessageDigest.isEqual(
                hash.getBytes(StandardCharsets.US_ASCII), given.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether it may do everything. */
    boolean isOfAdmin(Instant now) {
        return key.role() == Role.ADMIN && !key.hasEnded(now);
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
