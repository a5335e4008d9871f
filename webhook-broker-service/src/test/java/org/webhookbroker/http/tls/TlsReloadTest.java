package org.webhookbroker.http.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestAuthority;
import org.webhookbroker.testing.TestAuthority.Issued;

/** A certificate that is replaced while a broker serves. */
@Tag("slow")
class TlsReloadTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    private final TestAuthority authority = TestAuthority.named("authority");
    /** One for all, so that sessions could be resumed. */
    private final SSLContext client = authority.trusting();

    private final Issued first = authority.issue("first.test");
    private final Issued second = authority.issue("second.test");
    private final Issued third = authority.issue("third.test");

    @Test
    void connectionsStayAndNewOnesGetTheNewOne() throws IOException {
        TlsFiles files = new TlsFiles(folder);
        files.swap(first, "v1");
        try (LocalBroker broker = LocalBroker.start(
                        mariaDb,
                        "tls.certificate=" + files.certificate(),
                        "tls.key=" + files.key(),
                        "tls.adminPort=true");
                SSLSocket before = connect(broker.port(), "TLSv1.3");
                SSLSocket before12 = connect(broker.port(), "TLSv1.2")) {
            assertThat(shown(before)).isEqualTo(first);
            assertThat(List.of(ask(before), ask(before12))).containsOnly(200);

            files.swap(second, "v2");
            for (int port : new int[] {broker.port(), broker.adminPort()}) {
                for (String version : List.of("TLSv1.3", "TLSv1.2")) {
                    await().until(() -> {
                        try (SSLSocket now = connect(port, version)) {
                            return shown(now).equals(second);
                        }
                    });
                }
            }
            assertThat(List.of(ask(before), ask(before12)))
                    .as("those from before")
                    .containsOnly(200);

            files.swap(third, "v3");
            await().until(() -> {
                try (SSLSocket now = connect(broker.port(), "TLSv1.3")) {
                    return shown(now).equals(third);
                }
            });
        }
    }

    private SSLSocket connect(int port, String version) throws IOException {
        SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        socket.setEnabledProtocols(new String[] {version});
        socket.startHandshake();
        return socket;
    }

    private Issued shown(SSLSocket socket) throws IOException {
        Object certificate = socket.getSession().getPeerCertificates()[0];
        return Stream.of(first, second, third)
                .filter(each -> each.certificate().equals(certificate))
                .findFirst()
                .orElseThrow();
    }

    private static int ask(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("GET /channels HTTP/1.1\r\nHost: b\r\n\r\n".getBytes(US_ASCII));
        return Answer.read(socket.getInputStream(), false).status();
    }
}
