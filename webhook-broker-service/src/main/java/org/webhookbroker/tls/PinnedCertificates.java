package org.webhookbroker.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes a server that shows one of these certificates, by whatever name it was called and whoever signed them: for callers
 * that have the server's own file.
 */
public final class PinnedCertificates extends X509ExtendedTrustManager {
    private final List<X509Certificate> certificates;

    private PinnedCertificates(List<X509Certificate> certificates) {
        this.certificates = certificates;
    }

    /** @param setting names the file, which must hold one at least */
    public static SSLContext read(String setting, String path) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager pinned =
                    new PinnedCertificates(PemFile.read(setting, path).certificates());
            context.init(null, new TrustManager[] {pinned}, null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (!certificates.contains(chain[0])) {
            throw new CertificateException("it shows another certificate, of " + chain[0].getSubjectX500Principal());
        }
        chain[0].checkValidity();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw new CertificateException("for clients only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw new CertificateException("for clients only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("for clients only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
