package org.webhookbroker.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.apache.hc.core5.ssl.SSLContexts;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.outbound.address.HostResolver;
import org.webhookbroker.outbound.tls.TlsProfile;

/** Which name is asked for (SNI), verified and sent (Host, or {@code :authority} of HTTP/2), for the names a URL may have. */
class TlsNamesTest {
    private record Received(String protocol, String authority, List<String> serverNames) {}

    private final Queue<Received> received = new ConcurrentLinkedQueue<>();
    private final Server server = new Server();

    @BeforeEach
    void start() throws Exception {
        server.setHandler(new Consumer());
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @ParameterizedTest
    @CsvSource({
        "name.test, name.test, name.test",
        "name.test., name.test, name.test.",
        "NAME.test., name.test, name.test.",
        "svc, svc, svc",
        "svc., svc, svc.",
        "xn--fa-hia.test, xn--fa-hia.test, xn--fa-hia.test",
        "b\u00fccher.test, xn--bcher-kva.test, xn--bcher-kva.test",
        "xn--bcher-kva.test., xn--bcher-kva.test, xn--bcher-kva.test.",
        "127.0.0.1, '', 127.0.0.1",
        "[::ffff:127.0.0.1], '', [::ffff:127.0.0.1]",
        "[::FFFF:7f00:1], '', [::FFFF:7f00:1]"
    })
    void aNameOfTheCertificate(String host, String serverName, String authority) throws Exception {
        for (boolean http2 : new boolean[] {true, false}) {
            int port = listen(http2);
            assertThat(call(host, port)).isEqualTo(new Outcome.Delivered(200));
            assertThat(received.remove())
                    .isEqualTo(new Received(
                            http2 ? "HTTP/2.0" : "HTTP/1.1",
                            authority + ":" + port,
                            serverName.isEmpty() ? List.of() : List.of(serverName)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"other.test", "other.test.", "other_svc", "a.name.test.", "test.", "fass.test"})
    void anotherNameIsRefused(String host) throws Exception {
        assertThat(call(host, listen(true)).reason()).isEqualTo("tls");
        assertThat(received).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2", "[::ffff:127.0.0.2]"})
    void anotherAddressIsRefused(String host) throws Exception {
        assertThat(call(host, listen(true, "127.0.0.2")).reason()).isEqualTo("tls");
        assertThat(received).isEmpty();
    }

    /** As curl does it. Java's servers refuse such a name, so the greeting is read by hand. */
    @ParameterizedTest
    @CsvSource({"my_svc, my_svc", "my_svc.test, my_svc.test", "my_svc.test., my_svc.test", "_, _"})
    void aNameWithAnUnderscoreIsAskedFor(String host, String serverName) throws Exception {
        try (ServerSocket consumer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<byte[]> greeting = CompletableFuture.supplyAsync(() -> greeting(consumer));
            assertThat(call(host, consumer.getLocalPort()).delivered()).isFalse();
            byte[] name = serverName.getBytes(US_ASCII);
            ByteBuffer extension = ByteBuffer.allocate(9 + name.length)
                    .putShort((short) 0)
                    .putShort((short) (5 + name.length))
                    .putShort((short) (3 + name.length))
                    .put((byte) 0)
                    .putShort((short) name.length)
                    .put(name);
            assertThat(new String(greeting.join(), ISO_8859_1)).contains(new String(extension.array(), ISO_8859_1));
        }
    }

    @Test
    void aNameWithAnUnderscoreIsVerified() throws Exception {
        KeyStore names = KeyStore.getInstance(
                new File(Objects.requireNonNull(TlsNamesTest.class.getResource("/names.p12"))
                        .toURI()),
                "password".toCharArray());
        Certificate[] chain = names.getCertificateChain("names");
        SSLSession session = (SSLSession) Proxy.newProxyInstance(
                TlsNamesTest.class.getClassLoader(),
                new Class<?>[] {SSLSession.class},
                (proxy, method, arguments) -> method.getName().equals("getPeerCertificates") ? chain : null);
        ConsumerTls tls = new ConsumerTls(new TlsProfile("any", SSLContext.getDefault()));
        tls.verifySession("my_svc", session);
        tls.verifySession("my_svc.test.", session);
        assertThatThrownBy(() -> tls.verifySession("your_svc", session)).isInstanceOf(SSLException.class);
    }

    private static byte[] greeting(ServerSocket consumer) {
        try (Socket connection = consumer.accept()) {
            byte[] header = connection.getInputStream().readNBytes(5);
            return connection.getInputStream().readNBytes(((header[3] & 0xff) << 8) | (header[4] & 0xff));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int listen(boolean http2) throws Exception {
        return listen(http2, "127.0.0.1");
    }

    private int listen(boolean http2, String address) throws Exception {
        HttpConfiguration http = new HttpConfiguration();
        http.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStorePath(Objects.requireNonNull(TlsNamesTest.class.getResource("/names.p12"))
                .toExternalForm());
        tls.setKeyStorePassword("password");
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol("http/1.1");
        HttpConnectionFactory one = new HttpConnectionFactory(http);
        ServerConnector connector = http2
                ? new ServerConnector(
                        server,
                        new SslConnectionFactory(tls, alpn.getProtocol()),
                        alpn,
                        new HTTP2ServerConnectionFactory(http),
                        one)
                : new ServerConnector(server, new SslConnectionFactory(tls, one.getProtocol()), one);
        connector.setHost(address);
        server.addConnector(connector);
        connector.start();
        return connector.getLocalPort();
    }

    private static Outcome call(String host, int port) throws Exception {
        SSLContext trusting = SSLContexts.custom()
                .loadTrustMaterial(TlsNamesTest.class.getResource("/names.p12"), "password".toCharArray())
                .build();
        HostResolver.Lookup lookup = name -> new InetAddress[] {InetAddress.getLoopbackAddress()};
        try (WebhookClient client = new OutboundFactory().build(Clock.systemUTC(), lookup, trusting)) {
            return Clients.send(client, Clients.call("https://" + host + ":" + port + "/hook", Clients.LONG));
        }
    }

    private final class Consumer extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            EndPoint.SslSessionData data =
                    (EndPoint.SslSessionData) request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE);
            ExtendedSSLSession session = (ExtendedSSLSession) data.sslSession();
            received.add(new Received(
                    request.getConnectionMetaData().getProtocol(),
                    request.getHttpURI().getAuthority(),
                    session.getRequestedServerNames().stream()
                            .map(name -> new String(name.getEncoded(), US_ASCII))
                            .toList()));
            Content.Sink.write(response, true, "ok", callback);
            return true;
        }
    }
}
