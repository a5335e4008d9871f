package org.webhookbroker.secrets;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM. The id is made of the key, so that it names the same key on each node: the first digits of its SHA-256. A nonce is random; two
 * of 2^32 values are the same with a chance below 2^-32, and a key never comes near that number. Thread-safe.
 */
final class EncryptionKey {
    static final int ID_LENGTH = 8;

    private static final int BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String id;
    private final SecretKeySpec key;

    private EncryptionKey(byte[] bytes) {
        this.id = HexFormat.of().formatHex(sha256(bytes)).substring(0, ID_LENGTH);
        this.key = new SecretKeySpec(bytes, "AES");
    }

    /** @param base64 throws if it is none, or of another length. The message does not hold it */
    static EncryptionKey parse(String base64) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException malformed) { // Its message may hold a part.
            bytes = new byte[0];
        }
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("A key is 32 bytes in standard base64");
        }
        return new EncryptionKey(bytes);
    }

    String id() {
        return id;
    }

    String encrypt(byte[] place, String clear) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        byte[] encrypted = apply(Cipher.ENCRYPT_MODE, nonce, place, clear.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(NONCE_BYTES + encrypted.length)
                        .put(nonce)
                        .put(encrypted)
                        .array());
    }

    /** Throws if it is not what {@link #encrypt} made with this key for this place. */
    String decrypt(byte[] place, String base64) {
        byte[] bytes = Base64.getDecoder().decode(base64);
        if (bytes.length < NONCE_BYTES) {
            throw new IllegalArgumentException("Too short");
        }
        byte[] nonce = Arrays.copyOf(bytes, NONCE_BYTES);
        byte[] encrypted = Arrays.copyOfRange(bytes, NONCE_BYTES, bytes.length);
        return new String(apply(Cipher.DECRYPT_MODE, nonce, place, encrypted), StandardCharsets.UTF_8);
    }

    private byte[] apply(int mode, byte[] nonce, byte[] place, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(place);
            return cipher.doFinal(input);
        } catch (GeneralSecurityException failure) {
            throw new IllegalArgumentException("The value and the key do not fit", failure);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "key " + id;
    }
}
