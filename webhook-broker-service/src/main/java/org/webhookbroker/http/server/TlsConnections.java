package org.webhookbroker.http.server;

import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** What a connector with TLS begins a connection with. Names play no part: the one certificate is for whoever calls. */
final class TlsConnections extends SslConnectionFactory {
    /** In small letters, unlike elsewhere (RFC 7301, 6). */
    private static final String HTTP_1 = "http/1.1";

    private TlsConnections(SslContextFactory.Server context, String next) {
        super(context, next);
        // It would answer 400 to those who call by an address, or by a name of a balancer.
        setEnsureSecureRequestCustomizer(false);
    }

    /** Puts TLS before what the connector speaks. It must not have been started. */
    static void before(ServerConnector connector, SslContextFactory.Server context) {
        String next = HTTP_1;
        if (connector.getConnectionFactory(BoundedHttp2.OVER_TLS) != null) {
            ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory(BoundedHttp2.OVER_TLS, HTTP_1);
            alpn.setDefaultProtocol(HTTP_1);
            connector.addConnectionFactory(alpn);
            next = alpn.getProtocol();
        }
        TlsConnections tls = new TlsConnections(context, next);
        connector.addFirstConnectionFactory(tls);
        connector.setDefaultProtocol(tls.getProtocol());
    }

    @Override
    protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
        return new TlsConnection(this, connector, endPoint, engine);
    }
}
