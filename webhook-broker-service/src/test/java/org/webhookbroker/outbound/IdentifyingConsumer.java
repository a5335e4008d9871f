package org.webhookbroker.outbound;

import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.webhookbroker.testing.TestAuthority;
import org.webhookbroker.testing.TestAuthority.Issued;

/** A consumer behind TLS that remembers by which client certificate it was called. */
final class IdentifyingConsumer implements AutoCloseable {
    private static final String PASSWORD = "password";

    /**
     * @param call what the header {@code X-Call} says
     * @param client the name in the client certificate; empty if there was none
     */
    record Received(String protocol, String call, String client, Object connection) {}

    private final Queue<Received> received = new ConcurrentLinkedQueue<>();
    private final Set<Object> connections = ConcurrentHashMap.newKeySet();
    private final Server server = new Server();
    private final ServerConnector connector;

    /** @param clients those whose client certificates are taken */
    IdentifyingConsumer(Issued own, TestAuthority clients, boolean http2, Consumer<SslContextFactory.Server> changes)
            throws Exception {
        HttpConfiguration http = new HttpConfiguration();
        http.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server tls = new SslContextFactory.Server();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("own", own.key(), PASSWORD.toCharArray(), own.chain().toArray(Certificate[]::new));
        tls.setKeyStore(keys);
        tls.setKeyStorePassword(PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("clients", clients.certificate());
        tls.setTrustStore(trusted);
        tls.setWantClientAuth(true);
        changes.accept(tls);
        HttpConnectionFactory one = new HttpConnectionFactory(http);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol("http/1.1");
        List<ConnectionFactory> protocols = http2
                ? List.of(
                        new SslConnectionFactory(tls, alpn.getProtocol()),
                        alpn,
                        new HTTP2ServerConnectionFactory(http),
                        one)
                : List.of(new SslConnectionFactory(tls, one.getProtocol()), one);
        connector = new ServerConnector(server, protocols.toArray(ConnectionFactory[]::new));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Recorder());
        server.start();
    }

    String url() {
        return "https://consumer.test:" + connector.getLocalPort() + "/hook";
    }

    List<Received> received() {
        return List.copyOf(received);
    }

    /** Over which requests came. */
    int connections() {
        return connections.size();
    }

    int openConnections() {
        return connector.getConnectedEndPoints().size();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    private final class Recorder extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            EndPoint.SslSessionData data =
                    (EndPoint.SslSessionData) request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE);
            X509Certificate[] chain = data.peerCertificates();
            Object connection = request.getConnectionMetaData().getConnection().getEndPoint();
            connections.add(connection);
            received.add(new Received(
                    request.getConnectionMetaData().getProtocol(),
                    String.valueOf(request.getHeaders().get("X-Call")),
                    chain == null ? "" : chain[0].getSubjectX500Principal().getName(),
                    connection));
            Request.asInputStream(request).readAllBytes();
            Content.Sink.write(response, true, "ok", callback);
            return true;
        }
    }
}
