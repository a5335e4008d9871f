package org.webhookbroker.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.StartRefusedException;

/**
 * The private key of a file in PEM, in any of the three forms that are in use: PKCS #8, PKCS #1 of RSA, SEC 1 of elliptic curves. The
 * JDK (17) reads the first alone. The other two are what the first has inside, and its frame is in the public key.
 */
record PemKey(PemFile.Block block) {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = {0x02, 1, 0};

    static PemKey in(PemFile file) {
        List<PemFile.Block> keys = file.blocks().stream()
                .filter(each -> each.type().endsWith("PRIVATE KEY"))
                .toList();
        String where = file.setting() + ": " + file.path();
        if (keys.size() != 1) {
            throw new StartRefusedException(where + " holds " + (keys.isEmpty() ? "no private key" : "several keys")
                    + "; it must hold one, which begins with -----BEGIN PRIVATE KEY-----");
        }
        if (keys.get(0).isEncrypted()) {
            throw new StartRefusedException(where + " is encrypted; write it without a password"
                    + " (openssl pkey -in ... -out ...), readable by the user of the broker alone");
        }
        return new PemKey(keys.get(0));
    }

    /** Null if this is the key of another public key, or cannot be read as one of its kind. */
    @Nullable
    PrivateKey of(PublicKey publicKey) {
        try {
            byte[] der = block.der();
            byte[] pkcs8 = block.type().equals("PRIVATE KEY")
                    ? der
                    : tagged(SEQUENCE, VERSION_0, algorithm(publicKey.getEncoded()), tagged(OCTET_STRING, der));
            PrivateKey key =
                    KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            return isPair(key, publicKey) ? key : null;
        } catch (GeneralSecurityException | RuntimeException another) {
            return null;
        }
    }

    private static boolean isPair(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
        if (key instanceof RSAKey own && publicKey instanceof RSAKey other) {
            return own.getModulus().equals(other.getModulus());
        }
        byte[] text = {1, 2, 3};
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(text);
        return signature.verify(signed);
    }

    /** What kind of key it is: the first element of a public key (RFC 5280, SubjectPublicKeyInfo). */
    private static byte[] algorithm(byte[] publicKey) {
        int start = publicKey[1] >= 0 ? 2 : 2 + (publicKey[1] & 0x7f);
        return Arrays.copyOfRange(publicKey, start, start + 2 + publicKey[start + 1]);
    }

    private static byte[] tagged(int tag, byte[]... contents) {
        ByteArrayOutputStream inside = new ByteArrayOutputStream();
        for (byte[] each : contents) {
            inside.writeBytes(each);
        }
        int length = inside.size();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        if (length < 0x80) {
            all.write(length);
        } else {
            all.writeBytes(new byte[] {(byte) 0x82, (byte) (length >> 8), (byte) length});
        }
        all.writeBytes(inside.toByteArray());
        return all.toByteArray();
    }
}
