package org.webhookbroker.tls;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.webhookbroker.database.StartRefusedException;

/** Whose certificates are believed. Two are equal if their files say the same. */
public record Authorities(List<X509Certificate> certificates) {
    /** @param setting names the file, which must hold one at least */
    public static Authorities read(String setting, String path) {
        List<X509Certificate> found = PemFile.read(setting, path).certificates();
        for (X509Certificate each : found) {
            // Java would accept the certificate of a client, if it stood here, also after its end.
            if (each.getBasicConstraints() < 0) {
                throw new StartRefusedException(setting + ": " + each.getSubjectX500Principal() + " in " + path
                        + " is no authority; give the certificate of the authority that signed it");
            }
        }
        return new Authorities(List.copyOf(found));
    }

    /** For a context of TLS. */
    public TrustManager[] managers() throws GeneralSecurityException {
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(Stores.of(certificates));
        return managers.getTrustManagers();
    }
}
