package org.webhookbroker.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;

/** Key stores as Java's TLS wants them; in memory only. */
final class Stores {
    private Stores() {}

    static KeyStore of(PrivateKey key, List<X509Certificate> chain, char[] password) throws GeneralSecurityException {
        KeyStore store = empty();
        store.setKeyEntry("key", key, password, chain.toArray(Certificate[]::new));
        return store;
    }

    static KeyStore of(List<X509Certificate> authorities) throws GeneralSecurityException {
        KeyStore store = empty();
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority-" + i, authorities.get(i));
        }
        return store;
    }

    private static KeyStore empty() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
