package org.webhookbroker.signature;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.function.Predicate;

/** The public key of {@code v1a} signatures. */
final class Ed25519PublicKey implements VerifyingKey {
    static final String PREFIX = "whpk_";

    private final PublicKey key;

    Ed25519PublicKey(byte[] raw) {
        if (raw.length != Ed25519.KEY_BYTES) {
            throw new IllegalArgumentException(
                    "has %s bytes behind %s; use %s".formatted(raw.length, PREFIX, Ed25519.KEY_BYTES));
        }
        this.key = Ed25519.publicKey(raw);
    }

    @Override
    public SignatureVersion version() {
        return SignatureVersion.V1A;
    }

    @Override
    public Predicate<String> signatureOf(Signable signable) {
        return signature -> {
            try {
                byte[] bytes = KeyText.decode(signature, "");
                return bytes.length == Ed25519.SIGNATURE_BYTES && verifies(signable, bytes);
            } catch (IllegalArgumentException | GeneralSecurityException malformed) {
                return false;
            }
        };
    }

    private boolean verifies(Signable signable, byte[] bytes) throws GeneralSecurityException {
        Signature check = Signature.getInstance(Ed25519.ALGORITHM);
        check.initVerify(key);
        check.update(signable.head());
        check.update(signable.body());
        return check.verify(bytes);
    }
}
