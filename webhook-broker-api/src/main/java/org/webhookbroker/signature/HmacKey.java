package org.webhookbroker.signature;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The secret of {@code v1} signatures. */
final class HmacKey implements SigningKey, VerifyingKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LEAST_BYTES = 24;
    private static final int MOST_BYTES = 64;

    private final SecretKeySpec key;

    HmacKey(byte[] bytes) {
        if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException("has %s bytes behind %s; use %s to %s"
                    .formatted(bytes.length, SignatureVersion.V1.prefix(), LEAST_BYTES, MOST_BYTES));
        }
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    @Override
    public SignatureVersion version() {
        return SignatureVersion.V1;
    }

    @Override
    public String sign(Signable signable) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(signable.head());
            return Base64.getEncoder().encodeToString(mac.doFinal(signable.body()));
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    @Override
    public Predicate<String> signatureOf(Signable signable) {
        byte[] right = sign(signable).getBytes(StandardCharsets.UTF_8);
        return signature -> MessageDigest.isEqual(right, signature.getBytes(StandardCharsets.UTF_8));
    }
}
