package org.webhookbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.http2.config.H2Config;
import org.apache.hc.core5.reactor.IOReactorConfig;

/** How clients reach the API: what holds in clear must hold behind TLS. */
public enum Wire {
    CLEAR,
    TLS;

    static final String HERE = "127.0.0.1";

    /** One authority and one certificate, for all brokers of a test run. */
    private static final class Certificates {
        static final TestAuthority AUTHORITY = TestAuthority.named("tests");
        static final TestAuthority.Issued ISSUED = AUTHORITY.issue("broker.test");
        static final SSLContext CLIENT = AUTHORITY.trusting();
        static final List<String> SETTINGS = files();

        private Certificates() {}

        private static List<String> files() {
            try {
                Path folder = Files.createTempDirectory("wire");
                Path certificate = Files.writeString(folder.resolve("tls.crt"), ISSUED.pem());
                Path key = Files.writeString(folder.resolve("tls.key"), ISSUED.keyPem());
                List.of(key, certificate, folder).forEach(each -> each.toFile().deleteOnExit());
                return List.of("tls.certificate=" + certificate, "tls.key=" + key);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /** Of {@code config.yml}. Also in clear, as Dropwizard has the settings of a test in common for all that runs meanwhile. */
    List<String> settings() {
        return this == TLS ? Certificates.SETTINGS : List.of("tls.certificate=", "tls.key=");
    }

    public String url(int port) {
        return (this == TLS ? "https" : "http") + "://" + HERE + ":" + port;
    }

    /** For a client of its own. */
    public static SSLContext trusting() {
        return Certificates.CLIENT;
    }

    /** A client that speaks it. */
    public HttpClient.Builder client() {
        return this == TLS ? HttpClient.newBuilder().sslContext(Certificates.CLIENT) : HttpClient.newBuilder();
    }

    /** One that speaks HTTP/2 alone: in clear by prior knowledge. */
    public CloseableHttpAsyncClient http2() {
        TlsStrategy tls = ClientTlsStrategyBuilder.create()
                .setSslContext(Certificates.CLIENT)
                .buildAsync();
        return HttpAsyncClients.createHttp2Minimal(H2Config.DEFAULT, IOReactorConfig.DEFAULT, tls);
    }

    public Socket connect(int port) throws IOException {
        return connect(port, HERE);
    }

    /** @param from the loopback address that it has, such as {@code 127.0.0.2} */
    public Socket connect(int port, String from) throws IOException {
        return connect(port, from, 0, List.of());
    }

    /**
     * Behind TLS its handshake has ended when this returns.
     *
     * @param receiveBuffer of the socket, or 0
     * @param protocols offered by ALPN
     */
    public Socket connect(int port, String from, int receiveBuffer, List<String> protocols) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        if (this == CLEAR) {
            return socket;
        }
        SSLSocket tls = behind(socket, port, protocols);
        socket.setSoTimeout(0);
        return tls;
    }

    /** TLS over a connection, which it closes if there is no handshake. */
    public SSLSocket behind(Socket socket, int port) throws IOException {
        return behind(socket, port, List.of());
    }

    private static SSLSocket behind(Socket socket, int port, List<String> protocols) throws IOException {
        SSLSocket tls = (SSLSocket) Certificates.CLIENT.getSocketFactory().createSocket(socket, HERE, port, true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setApplicationProtocols(protocols.toArray(String[]::new));
        tls.setSSLParameters(parameters);
        socket.setSoTimeout(60_000);
        try {
            tls.startHandshake();
            return tls;
        } catch (IOException failure) {
            tls.close();
            throw failure;
        }
    }

    /** Of a client. */
    SSLEngine engine() {
        return Certificates.CLIENT.createSSLEngine();
    }
}
