package org.webhookbroker.outbound;

import java.net.IDN;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.StandardConstants;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;
import org.webhookbroker.outbound.address.HostResolver;
import org.webhookbroker.outbound.tls.TlsName;
import org.webhookbroker.outbound.tls.TlsProfile;

/**
 * Asks for the consumer's name (SNI) and verifies it, in the form that certificates have: in ASCII, without the dot at the end of an
 * absolute name. Left alone, the JDK asks for no name that has an underscore, a dot at its end or none inside, and takes none
 * of the first two as verified. So the name is asked for here, and HttpClient alone verifies it.
 */
final class ConsumerTls extends DefaultClientTlsStrategy {
    /** The policy must be set: by default the JDK verifies, but HttpClient (5.6) tells it so only after it has configured the engine. */
    ConsumerTls(TlsProfile profile) {
        super(
                profile.context(),
                profile.protocols(),
                profile.suites(),
                SSLBufferMode.DYNAMIC, // None while a connection rests, or waits for its answer.
                HostnameVerificationPolicy.CLIENT,
                HttpsSupport.getDefaultHostnameVerifier());
    }

    /** By the profile that the route of a connection names. */
    static TlsStrategy ofRoutes() {
        return new TlsStrategy() {
            @Override
            public void upgrade(
                    TransportSecurityLayer connection,
                    NamedEndpoint to,
                    Object attachment,
                    Timeout handshakeTimeout,
                    FutureCallback<TransportSecurityLayer> callback) {
                new ConsumerTls(((TlsName) to).profile())
                        .upgrade(connection, to, attachment, handshakeTimeout, callback);
            }

            @Override
            @Deprecated
            public boolean upgrade(
                    TransportSecurityLayer connection,
                    HttpHost host,
                    SocketAddress local,
                    SocketAddress remote,
                    Object attachment,
                    Timeout handshakeTimeout) {
                throw new UnsupportedOperationException("HttpClient calls the other");
            }
        };
    }

    @Override
    protected void initializeEngine(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(serverNames(certified(engine.getPeerHost())));
        engine.setSSLParameters(parameters);
    }

    @Override
    protected void verifySession(String host, SSLSession session) throws SSLException {
        super.verifySession(certified(host), session);
    }

    /** None for an address (RFC 6066, 3). */
    private static List<SNIServerName> serverNames(String name) {
        return HostResolver.isAddress(name) ? List.of() : List.of(new Name(name));
    }

    private static String certified(String host) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        if (bare.indexOf(':') < 0) {
            return HostResolver.undotted(
                    IDN.toASCII(bare, IDN.ALLOW_UNASSIGNED)); // HttpHost has made xn--bcher-kva.de what it stands for.
        }
        try {
            return InetAddress.getByName(bare.replaceFirst("%.*", "")).getHostAddress();
        } catch (UnknownHostException e) {
            return bare;
        }
    }

    /** SNIHostName would refuse an underscore. */
    private static final class Name extends SNIServerName {
        Name(String name) {
            super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
