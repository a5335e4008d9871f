package org.webhookbroker.signature;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;

/** The secret key of {@code v1a} signatures. */
final class Ed25519SecretKey implements SigningKey {
    private final PrivateKey key;

    /** @param seed 32 bytes */
    Ed25519SecretKey(byte[] seed) {
        this.key = Ed25519.privateKey(seed);
    }

    @Override
    public SignatureVersion version() {
        return SignatureVersion.V1A;
    }

    @Override
    public String sign(Signable signable) {
        try {
            Signature signature = Signature.getInstance(Ed25519.ALGORITHM);
            signature.initSign(key);
            signature.update(signable.head());
            signature.update(signable.body());
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
