package org.webhookbroker.signature;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What deliveries are signed with, by Standard Webhooks 1.0.0: {@code whsec_} and 24 to 64 bytes in base64 for {@code v1}, or {@code whsk_} and an
 * ed25519 key for {@code v1a}. Immutable, and safe for all threads at once.
 */
public final class SigningSecret {
    private static final int MADE_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String text;
    private final byte[] bytes;
    private final SigningKey key;

    private SigningSecret(SignatureVersion version, byte[] bytes) {
        this.text = KeyText.encode(version.prefix(), bytes);
        this.bytes = bytes;
        this.key = version == SignatureVersion.V1 ? new HmacKey(bytes) : new Ed25519SecretKey(bytes);
    }

    /** A new one of 32 random bytes. */
    public static SigningSecret make(SignatureVersion version) {
        byte[] bytes = new byte[MADE_BYTES];
        RANDOM.nextBytes(bytes);
        return new SigningSecret(version, bytes);
    }

    /**
     * Reads a secret. The specification ("Signature scheme", "Secret serialization") leaves open which bytes of an ed25519 key follow
     * {@code whsk_}: its library in Go takes the seed of 32 bytes, others have its public key behind it, 64 bytes in all. Both are read.
     *
     * @throws IllegalArgumentException if it is malformed; the message completes "the secret ...", says the way out, and tells nothing of the secret but
     *     its length
     */
    public static SigningSecret parse(String text) {
        if (text.startsWith(SignatureVersion.V1.prefix())) {
            return new SigningSecret(SignatureVersion.V1, KeyText.decode(text, SignatureVersion.V1.prefix()));
        }
        if (text.startsWith(SignatureVersion.V1A.prefix())) {
            return new SigningSecret(SignatureVersion.V1A, seed(KeyText.decode(text, SignatureVersion.V1A.prefix())));
        }
        throw new IllegalArgumentException("begins neither with whsec_ (for v1) nor with whsk_ (for v1a)");
    }

    private static byte[] seed(byte[] key) {
        if (key.length == Ed25519.KEY_BYTES) {
            return key;
        }
        if (key.length != 2 * Ed25519.KEY_BYTES) {
            throw new IllegalArgumentException(
                    "has %s bytes behind whsk_; use the 32 bytes of an ed25519 seed, or these and the 32 of its public key"
                            .formatted(key.length));
        }
        byte[] seed = Arrays.copyOf(key, Ed25519.KEY_BYTES);
        byte[] publicHalf = Arrays.copyOfRange(key, Ed25519.KEY_BYTES, key.length);
        if (!MessageDigest.isEqual(publicHalf, Ed25519.publicKeyOf(seed))) {
            throw new IllegalArgumentException(
                    "has 64 bytes behind whsk_, of which the last 32 are not the public key of the first 32");
        }
        return seed;
    }

    public SignatureVersion version() {
        return key.version();
    }

    /** As {@link #parse} reads it; the short form of an ed25519 key. A secret: not for logs. */
    public String text() {
        return text;
    }

    /** {@code whpk_} and 32 bytes in base64; empty for {@code v1}, which has none. Derived anew each time. */
    public Optional<String> publicKey() {
        return version() == SignatureVersion.V1
                ? Optional.empty()
                : Optional.of(KeyText.encode(Ed25519PublicKey.PREFIX, Ed25519.publicKeyOf(bytes)));
    }

    /**
     * The signature of one attempt, such as {@code v1,K5oZ...}.
     *
     * @param id value of {@code webhook-id}, without a dot: otherwise the signature would be that of other ids and bodies too
     * @param seconds value of {@code webhook-timestamp}, since 1970
     * @param body as it is sent
     */
    public String sign(String id, long seconds, byte[] body) {
        return version().wireName() + "," + key.sign(Signable.of(id, seconds, body));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SigningSecret secret
                && MessageDigest.isEqual(
                        text.getBytes(StandardCharsets.UTF_8), secret.text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Without the secret, which must not reach a log. */
    @Override
    public String toString() {
        return "SigningSecret " + version().wireName();
    }
}
