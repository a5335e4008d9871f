package org.webhookbroker.signature;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Keys of RFC 8032 as bytes, and the JDK's objects for them. */
final class Ed25519 {
    static final String ALGORITHM = "Ed25519";
    static final int KEY_BYTES = 32;
    static final int SIGNATURE_BYTES = 64;

    /** What X.509 has before the 32 bytes of such a public key (RFC 8410). */
    private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private Ed25519() {}

    static PrivateKey privateKey(byte[] seed) {
        try {
            return KeyFactory.getInstance(ALGORITHM)
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    /** Throws {@link IllegalArgumentException} if the bytes are no point of the curve. */
    static PublicKey publicKey(byte[] raw) {
        byte[] encoded = Arrays.copyOf(X509_HEAD, X509_HEAD.length + raw.length);
        System.arraycopy(raw, 0, encoded, X509_HEAD.length, raw.length);
        try {
            PublicKey key = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
            Signature.getInstance(ALGORITHM).initVerify(key);
            return key;
        } catch (GeneralSecurityException noPoint) {
            throw new IllegalArgumentException("is no public key of ed25519", noPoint);
        }
    }

    /** The JDK derives a public key only while it makes a pair, so it gets the seed as what is random. Costs as much as a signature. */
    static byte[] publicKeyOf(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
            KeyPair pair = generator.generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] raw = Arrays.copyOfRange(encoded, X509_HEAD.length, encoded.length);
            if (!pair.getPrivate().equals(privateKey(seed)) || raw.length != KEY_BYTES) {
                throw new IllegalStateException("The security provider of this JVM does not make the key of a seed");
            }
            return raw;
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private static final class Fixed extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        Fixed(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(bytes, 0, target, 0, target.length);
        }
    }
}
