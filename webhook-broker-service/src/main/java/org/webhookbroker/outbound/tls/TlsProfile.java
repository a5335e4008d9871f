package org.webhookbroker.outbound.tls;

import java.security.GeneralSecurityException;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.tls.TlsPolicy;

/**
 * Whom calls trust and who they say they are, by what the files of a profile held at one time. Equal to itself only: no two profiles
 * share a connection or a session of TLS, nor do a profile and what became of it when its files changed.
 */
public final class TlsProfile {
    /** To be resumed, each with the certificates of its consumer; the JDK would keep 20,480. */
    static final int MAX_SESSIONS = 1000;

    private final String name;
    private final SSLContext context;
    private final String[] suites;

    public TlsProfile(String name, SSLContext context) {
        this.name = name;
        this.context = context;
        Set<String> known = Set.of(context.getSupportedSSLParameters().getCipherSuites());
        this.suites = TlsPolicy.SUITES.stream().filter(known::contains).toArray(String[]::new);
        context.getClientSessionContext().setSessionCacheSize(MAX_SESSIONS);
    }

    /**
     * @param keys none: no client certificate
     * @param trust null: the authorities of the JDK
     */
    static TlsProfile of(String name, KeyManager[] keys, TrustManager @Nullable [] trust)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust, null);
        return new TlsProfile(name, context);
    }

    public SSLContext context() {
        return context;
    }

    public String[] protocols() {
        return TlsPolicy.PROTOCOLS.toArray(String[]::new);
    }

    public String[] suites() {
        return suites.clone();
    }

    @Override
    public String toString() {
        return name;
    }
}
