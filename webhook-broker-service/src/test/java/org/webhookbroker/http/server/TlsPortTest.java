package org.webhookbroker.http.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.ClientHello;
import org.webhookbroker.testing.Http2Frames;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestAuthority;
import org.webhookbroker.testing.Wire;

/** The API behind TLS: which protocols it speaks and for which names, and what it does with a client that speaks something else. */
@Tag("G12")
class TlsPortTest {
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private static final String REQUEST = "GET /channels HTTP/1.1\r\nHost: b\r\n\r\n";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static LocalBroker broker;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeAll
    static void start() {
        broker = LocalBroker.on(mariaDb).over(Wire.TLS).start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void readTheLog() {
        log.start();
        ROOT.addAppender(log);
    }

    /** Whatever a client does, the broker goes on, and has nothing to say about it. */
    @AfterEach
    void nothingIsLogged() {
        ROOT.detachAppender(log);
        assertThat(broker.client().get("/channels").status()).isEqualTo(200);
        assertThat(log.list)
                // A test begins with empty tables, so that the incarnation of the one before is gone.
                .filteredOn(each -> !each.getLoggerName().endsWith(".Incarnation"))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void bothProtocols(HttpClient.Version version) throws Exception {
        HttpClient client = Wire.TLS.client().version(version).build();
        URI uri = URI.create("https://localhost:" + broker.port() + "/channels");
        HttpResponse<String> answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());

        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "h2, h2",
        "http/1.1, http/1.1",
        "http/1.1 h2, h2",
        "spdy/3 http/1.1, http/1.1",
        "h2c http/1.1, http/1.1"
    })
    void theProtocolIsNegotiated(String offered, String chosen) throws IOException {
        List<String> protocols = offered.isEmpty() ? List.of() : List.of(offered.split(" "));
        try (SSLSocket client = (SSLSocket) Wire.TLS.connect(broker.port(), "127.0.0.1", 0, protocols)) {
            assertThat(client.getApplicationProtocol()).isEqualTo(chosen);
            if (!chosen.equals("h2")) {
                assertThat(ask(client)).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "HTTP/1.1", "spdy/3", "acme-tls/1"})
    void aProtocolThatIsNotSpokenIsRefused(String offered) {
        assertThatThrownBy(() -> Wire.TLS.connect(broker.port(), "127.0.0.1", 0, List.of(offered)))
                .isInstanceOf(IOException.class);
    }

    /** It negotiated one and speaks the other. */
    @Test
    void whoSpeaksAnotherProtocolThanNegotiated() throws IOException {
        try (Socket client = Wire.TLS.connect(broker.port(), "127.0.0.1", 0, List.of("h2"))) {
            client.getOutputStream().write(REQUEST.getBytes(US_ASCII));
            assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII))
                    .doesNotContain("HTTP/1.1 200");
        }
        byte[] preface = Http2Frames.preface()
                .frame(Http2Frames.SETTINGS, 0, 0, new byte[0])
                .bytes();
        for (List<String> offered : List.of(List.of("http/1.1"), List.<String>of())) {
            try (Socket client = Wire.TLS.connect(broker.port(), "127.0.0.1", 0, offered)) {
                client.getOutputStream().write(preface);
                assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII))
                        .startsWith("HTTP/1.1 426");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "broker.test", "unknown.test", "a.b.c", "localhost"})
    void anyNameOrNone(String name) throws IOException {
        try (SSLSocket client = (SSLSocket) Wire.trusting().getSocketFactory().createSocket()) {
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()));
            SSLParameters parameters = client.getSSLParameters();
            parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
            client.setSSLParameters(parameters);
            for (String host : List.of("b", "127.0.0.1", "[::1]:8443", "other.test")) {
                client.getOutputStream()
                        .write(REQUEST.replace("Host: b", "Host: " + host).getBytes(US_ASCII));
                assertThat(Answer.read(client.getInputStream(), false).status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /channels HTTP/1.1\r\nHost: b\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "\r\n\r\n\r\n",
                "\u0016\u0003\u0001\0\5\1\0\0\1\0",
                "\u0015\u0003\u0003\0\2\2\50",
                "\u0017\u0003\u0003\0\2\2\50",
                "SSH-2.0-x\r\n"
            })
    void whatIsNoTls(String bytes) throws IOException {
        assertHungUp(bytes.getBytes(ISO_8859_1));
    }

    @Test
    void garbage() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[1 + random.nextInt(3000)];
            random.nextBytes(bytes);
            if (i % 2 == 0 && bytes.length > 20) {
                // A record, and a greeting, by its first bytes.
                byte[] head = {0x16, 3, 1, (byte) ((bytes.length - 5) >> 8), (byte) (bytes.length - 5), 1, 0};
                System.arraycopy(head, 0, bytes, 0, head.length);
                bytes[7] = (byte) ((bytes.length - 9) >> 8);
                bytes[8] = (byte) (bytes.length - 9);
            }
            try (Socket client = Wire.CLEAR.connect(broker.port())) {
                client.getOutputStream().write(bytes);
                client.shutdownOutput();
                client.setSoTimeout(30_000);
                client.getInputStream().readAllBytes();
            } catch (SocketException reset) {
                // Hung up before all was sent.
            }
        }
    }

    /** By hand, since the JDK would not say these itself. */
    @ParameterizedTest
    @CsvSource({
        "0x0300, 0xc009", // SSL 3.0
        "0x0301, 0xc009", // TLS 1.0
        "0x0302, 0xc009", // TLS 1.1
        "0x0303, 0xc009", // ECDHE-ECDSA with CBC
        "0x0303, 0xc023",
        "0x0303, 0xc006", // without encryption
        "0x0303, 0xc018" // without a certificate
    })
    void whatIsTooOldOrTooWeak(String version, String suite) throws IOException {
        assertThat(firstByte(broker, version, suite)).as("an alert").isEqualTo(0x15);
        assertThat(firstByte(broker, "0x0303", "0xc02b")).as("a handshake").isEqualTo(0x16);
    }

    /** Nor with a key of RSA, with which other suites would be possible. */
    @Test
    void whatIsTooWeakWithRsa(@TempDir Path folder) throws IOException {
        KeyPair rsa = TestAuthority.keyPair("RSA", 2048);
        TlsFiles files = new TlsFiles(folder)
                .put(TestAuthority.named("authority").issue("broker.test", rsa, TestAuthority.Validity.DAY));
        try (LocalBroker other =
                LocalBroker.start(mariaDb, "tls.certificate=" + files.certificate(), "tls.key=" + files.key())) {
            assertThat(firstByte(other, "0x0303", "0xc02f")).as("a handshake").isEqualTo(0x16);
            // RSA key exchange, with GCM and with CBC; ECDHE with CBC; DHE.
            for (String suite : List.of("0x009c", "0x009d", "0x002f", "0x003c", "0xc013", "0xc027", "0x009e")) {
                assertThat(firstByte(other, "0x0303", suite)).as(suite).isEqualTo(0x15);
            }
        }
    }

    private static int firstByte(LocalBroker asked, String version, String suite) throws IOException {
        try (Socket client = Wire.CLEAR.connect(asked.port())) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write(ClientHello.of(Integer.decode(version), Integer.decode(suite)));
            return client.getInputStream().read();
        }
    }

    @Test
    void renegotiationIsRefused() throws IOException {
        try (SSLSocket client = (SSLSocket)
                Wire.trusting().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), broker.port())) {
            client.setSoTimeout(30_000);
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThat(ask(client)).isEqualTo(200);
            client.startHandshake();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10; i++) {
                            ask(client);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    /** In TLS 1.3 a second handshake is a change of keys, of which a client may ask for as many as it likes. */
    @Test
    void changesOfKeysAreNoHarm() throws IOException {
        try (SSLSocket client = (SSLSocket)
                Wire.trusting().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), broker.port())) {
            client.setSoTimeout(30_000);
            assertThat(ask(client)).isEqualTo(200);
            assertThat(client.getSession().getProtocol()).isEqualTo("TLSv1.3");
            for (int i = 0; i < 500; i++) {
                client.startHandshake();
            }
            assertThat(ask(client)).isEqualTo(200);
        }
    }

    private static void assertHungUp(byte[] said) throws IOException {
        try (Socket client = Wire.CLEAR.connect(broker.port())) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write(said);
            InputStream in = client.getInputStream();
            assertThat(in.readAllBytes().length).as("an alert at most").isLessThan(100);
        }
    }

    private static int ask(SSLSocket client) throws IOException {
        client.getOutputStream().write(REQUEST.getBytes(US_ASCII));
        return Answer.read(client.getInputStream(), false).status();
    }
}
