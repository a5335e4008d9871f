package org.webhookbroker.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.webhookbroker.database.StartRefusedException;

/**
 * A private key with its certificate and those that lead to its authority. Two are equal if their files say the same.
 *
 * @param chain the certificate of the key first
 */
public record CertifiedKey(PrivateKey key, List<X509Certificate> chain) {
    /** As {@link #read(String, String, String)}, of a certificate that is valid now. */
    public static CertifiedKey read(String block, String certificate, String key, Instant now) {
        CertifiedKey found = read(block, certificate, key);
        found.untimely(now).ifPresent(why -> {
            throw new StartRefusedException(
                    block + ".certificate: the certificate " + found.subject() + " in " + certificate + " " + why);
        });
        return found;
    }

    /**
     * Reads both files, which may be the same one. What cannot be used is a {@link StartRefusedException} that says why.
     *
     * @param block of the configuration, whose settings {@code certificate} and {@code key} name the files
     */
    public static CertifiedKey read(String block, String certificate, String key) {
        PemFile certificates = PemFile.read(block + ".certificate", certificate);
        PemKey keys = PemKey.in(PemFile.read(block + ".key", key));
        List<X509Certificate> all = certificates.certificates();
        for (X509Certificate each : all) {
            PrivateKey its = keys.of(each.getPublicKey());
            if (its != null) {
                return new CertifiedKey(its, chain(each, all));
            }
        }
        throw new StartRefusedException(block + ".key: " + key + " is not the key of the certificate in " + certificate
                + ", or no key of RSA or an elliptic curve; give the two files that were made together");
    }

    /** In the order that clients expect, whatever the order in the file; a certificate that leads nowhere is left out. */
    private static List<X509Certificate> chain(X509Certificate first, List<X509Certificate> all) {
        List<X509Certificate> chain = new ArrayList<>(List.of(first));
        for (int i = 0; i < chain.size(); i++) {
            X509Certificate last = chain.get(i);
            all.stream()
                    .filter(each -> !chain.contains(each)
                            && each.getSubjectX500Principal().equals(last.getIssuerX500Principal()))
                    .findFirst()
                    .ifPresent(chain::add);
        }
        return Collections.unmodifiableList(chain);
    }

    /** What is wrong with its time, if something is. */
    public Optional<String> untimely(Instant now) {
        if (!now.isBefore(ends())) {
            return Optional.of("ended at " + ends() + "; renew it");
        }
        Instant begins = chain.get(0).getNotBefore().toInstant();
        return now.isBefore(begins)
                ? Optional.of("begins only at " + begins + "; is the clock of this machine right?")
                : Optional.empty();
    }

    private X500Principal subject() {
        return chain.get(0).getSubjectX500Principal();
    }

    /** When its certificate ends. */
    public Instant ends() {
        return chain.get(0).getNotAfter().toInstant();
    }

    /** For a context of TLS. */
    public KeyManager[] managers() throws GeneralSecurityException {
        char[] password = new char[0];
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(Stores.of(key, chain, password), password);
        return managers.getKeyManagers();
    }

    @Override
    public String toString() {
        return subject() + ", until " + ends();
    }
}
