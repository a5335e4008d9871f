package org.webhookbroker.signature;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and verifies what a broker with {@code gatewayAuth.mode: hmac} asks of each request: the time and the body, by
 * HMAC-SHA256 with a shared secret. The value of {@link #header} goes into the header {@code X-Broker-Signature}. Immutable.
 */
public final class GatewaySignature {
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    private GatewaySignature(SecretKeySpec key) {
        this.key = key;
    }

    /**
     * @param secret standard base64 with padding
     * @throws IllegalArgumentException if it is not; the message tells nothing of the secret but its length
     */
    public static GatewaySignature of(String secret) {
        // Java's decoder would do without the padding.
        if (!secret.isEmpty() && secret.length() % 4 == 0) {
            try {
                return new GatewaySignature(
                        new SecretKeySpec(Base64.getDecoder().decode(secret), ALGORITHM));
            } catch (IllegalArgumentException notBase64) {
                // Says which character it was: not for logs.
            }
        }
        throw new IllegalArgumentException(
                secret.length() + " characters; use A-Z, a-z, 0-9, + and /, padded with = to a multiple of four");
    }

    /** For a request with this body that is sent now. */
    public String header(Instant now, byte[] body) {
        long seconds = now.getEpochSecond();
        return "t=" + seconds + ",v1=" + hex(seconds, ByteBuffer.wrap(body));
    }

    /** In constant time. {@code digest} is lower-case hex; anything else does not match. */
    public boolean matches(long unixSeconds, byte[] body, String digest) {
        return matches(unixSeconds, ByteBuffer.wrap(body), digest);
    }

    /** The same for a body that is a part of an array. Reads the buffer to its end. */
    public boolean matches(long unixSeconds, ByteBuffer body, String digest) {
        return MessageDigest.isEqual(
                hex(unixSeconds, body).getBytes(StandardCharsets.UTF_8), digest.getBytes(StandardCharsets.UTF_8));
    }

    private String hex(long unixSeconds, ByteBuffer body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((unixSeconds + ".").getBytes(StandardCharsets.US_ASCII));
            mac.update(body);
            return HexFormat.of().formatHex(mac.doFinal());
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
