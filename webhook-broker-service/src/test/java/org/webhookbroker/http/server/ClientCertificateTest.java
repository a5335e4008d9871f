package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestAuthority;
import org.webhookbroker.testing.TestAuthority.Issued;
import org.webhookbroker.testing.TestAuthority.Validity;

/** Clients that show a certificate, may or must do so. */
class ClientCertificateTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    private final TestAuthority authority = TestAuthority.named("servers");
    private final TestAuthority clients = TestAuthority.named("clients");
    private final Issued producer = clients.below("team").issue("producer.test");
    private final Issued stranger = TestAuthority.named("clients").issue("producer.test");
    private final Issued past = clients.issue(
            "past.test", TestAuthority.keyPair("EC", 256), Validity.of(Duration.ofDays(-2), Duration.ofDays(-1)));

    @Test
    void need() throws Exception {
        try (LocalBroker broker = start("need")) {
            for (String version : List.of("TLSv1.3", "TLSv1.2")) {
                assertThat(status(broker.port(), version, producer)).isEqualTo(200);
                assertRefused(broker.port(), version);
                assertRefused(broker.port(), version, stranger);
                assertRefused(broker.port(), version, past);
                assertRefused(broker.port(), version, authority.issue("x"));
            }
            assertThat(adminStatus(broker.adminPort())).as("probes have none").isEqualTo(200);
        }
    }

    @Test
    void want() throws Exception {
        try (LocalBroker broker = start("want")) {
            for (String version : List.of("TLSv1.3", "TLSv1.2")) {
                assertThat(status(broker.port(), version, producer)).isEqualTo(200);
                assertThat(status(broker.port(), version)).isEqualTo(200);
                assertRefused(broker.port(), version, past);
            }
        }
    }

    @Test
    void noneAsksForNone() throws Exception {
        TlsFiles files = new TlsFiles(folder).put(authority.issue("broker.test"));
        try (LocalBroker broker =
                LocalBroker.start(mariaDb, "tls.certificate=" + files.certificate(), "tls.key=" + files.key())) {
            assertThat(status(broker.port(), "TLSv1.3", stranger)).isEqualTo(200);
            assertThat(broker.admin().get("/ping"))
                    .as("in clear, unless asked for")
                    .isEqualTo("pong\n");
        }
    }

    private LocalBroker start(String clientAuth) throws IOException {
        TlsFiles files = new TlsFiles(folder).put(authority.issue("broker.test"));
        Path bundle = Files.writeString(
                folder.resolve("clients.pem"), TestAuthority.named("others").pem() + clients.pem());
        return LocalBroker.start(
                mariaDb,
                "tls.certificate=" + files.certificate(),
                "tls.key=" + files.key(),
                "tls.adminPort=true",
                "tls.clientAuth=" + clientAuth,
                "tls.clientAuthorities=" + bundle);
    }

    private void assertRefused(int port, String version, Issued... shown) {
        assertThatThrownBy(() -> status(port, version, shown)).isInstanceOf(IOException.class);
    }

    private int adminStatus(int port) throws Exception {
        return status(port, "/healthcheck", "TLSv1.3", authority.trusting());
    }

    private int status(int port, String version, Issued... shown) throws Exception {
        // As whoever wants to try: the JDK would not show what is not asked for, or has ended.
        return status(
                port, "/channels", version, shown.length == 0 ? authority.trusting() : authority.showing(shown[0]));
    }

    private static int status(int port, String path, String version, SSLContext context) throws Exception {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {version});
        HttpClient client = HttpClient.newBuilder()
                .sslContext(context)
                .sslParameters(parameters)
                .build();
        return client.send(
                        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }
}
