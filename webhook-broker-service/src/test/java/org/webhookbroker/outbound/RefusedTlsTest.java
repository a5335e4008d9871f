package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.outbound.tls.TlsProfileFactory;
import org.webhookbroker.testing.TestAuthority;
import org.webhookbroker.testing.TestAuthority.Issued;
import org.webhookbroker.testing.TestAuthority.Validity;

/** A consumer that wants a client certificate and gets none, or one that it does not take: nothing reaches its application. */
class RefusedTlsTest {
    private static final String SENTENCE =
            "The consumer wants a client certificate, or another than it was shown: alert "
                    + "(bad_certificate|certificate_required|certificate_unknown|certificate_expired)";

    @TempDir
    Path folder;

    private final TestAuthority authority = TestAuthority.named("consumers");
    private final TestAuthority clients = TestAuthority.named("clients");

    @ParameterizedTest
    @CsvSource({"TLSv1.3, true", "TLSv1.3, false", "TLSv1.2, true", "TLSv1.2, false"})
    void aClientCertificateThatIsNotTaken(String version, boolean http2) throws Exception {
        Issued expired = clients.issue(
                "old.test", TestAuthority.keyPair("EC", 256), Validity.of(Duration.ofDays(-2), Duration.ofDays(-1)));
        List<TlsProfileFactory> profiles = List.of(
                profile("none", null),
                profile("foreign", TestAuthority.named("others").issue("foreign.test")),
                profile("expired", expired),
                profile("good", clients.issue("good.test")));
        try (IdentifyingConsumer consumer =
                        new IdentifyingConsumer(authority.issue("consumer.test"), clients, http2, tls -> {
                            tls.setNeedClientAuth(true);
                            tls.setIncludeProtocols(version);
                        });
                WebhookClient client = client(profiles)) {
            for (int i = 0; i < 30; i++) {
                for (String name : List.of("none", "foreign", "expired")) {
                    Outcome outcome = send(client, consumer.url(), name, new byte[i % 3 == 0 ? 300_000 : 10]);
                    assertThat(outcome.reach()).as("%s %s", name, outcome).isEqualTo(Reach.NOBODY);
                    assertThat(outcome.mayHaveArrived()).isFalse();
                    if (!isUntold(outcome)) {
                        assertThat(outcome.reason()).isEqualTo("tls");
                        assertThat(outcome.detail()).matches(SENTENCE);
                    }
                }
            }
            assertThat(consumer.received()).isEmpty();
            assertThat(send(client, consumer.url(), "good", Clients.BODY)).isEqualTo(new Outcome.Delivered(200));
        }
    }

    /** By HTTP/2 the client waits for the first word of the server, which is the alert: so the request is never sent. */
    @ParameterizedTest
    @ValueSource(strings = {"h2", "http/1.1"})
    void aServerThatRefusesAtOnce(String protocol) throws Exception {
        List<TlsProfileFactory> profiles = List.of(profile("none", null));
        try (SSLServerSocket consumer = (SSLServerSocket) authority
                        .showing(authority.issue("consumer.test"))
                        .getServerSocketFactory()
                        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
                WebhookClient client = client(profiles)) {
            SSLParameters wanted = consumer.getSSLParameters();
            wanted.setApplicationProtocols(new String[] {protocol});
            wanted.setNeedClientAuth(true);
            consumer.setSSLParameters(wanted);
            CompletableFuture<Void> unused = CompletableFuture.runAsync(() -> refuse(consumer));
            String url = "https://consumer.test:" + consumer.getLocalPort() + "/";
            int untold = 0;
            for (int i = 0; i < 20; i++) {
                Outcome outcome = send(client, url, "none", new byte[i % 2 == 0 ? 300_000 : 10]);
                assertThat(outcome.reach()).as(outcome.toString()).isEqualTo(Reach.NOBODY);
                assertThat(outcome.mayHaveArrived()).isFalse();
                untold += isUntold(outcome) ? 1 : 0;
            }
            assertThat(untold).isLessThan(5);
        }
    }

    private static void refuse(SSLServerSocket consumer) {
        while (!consumer.isClosed()) {
            try (SSLSocket connection = (SSLSocket) consumer.accept()) {
                connection.startHandshake();
            } catch (IOException refused) {
                // As it is meant to be.
            }
        }
    }

    /** A request that comes when the connection has ended already is told only that it was not sent, and a reset takes an alert back. */
    private static boolean isUntold(Outcome outcome) {
        return List.of("not-processed", "reset").contains(outcome.reason());
    }

    /** On a connection that has served a call, whatever an alert says, the request may have been processed. */
    @Test
    void anAlertInTheMiddleOfACall() {
        Exception refused = new SSLHandshakeException("Received fatal alert: bad_certificate");
        Exception closed = new SSLException("Received fatal alert: internal_error");

        assertThat(Failures.outcome(refused, Phase.SENT, true).reach()).isEqualTo(Reach.NOBODY);
        assertThat(Failures.outcome(refused, Phase.SENT, true).mayHaveArrived()).isFalse();
        for (Outcome outcome : List.of(
                Failures.outcome(refused, Phase.SENT, false),
                Failures.outcome(closed, Phase.SENT, true),
                Failures.outcome(closed, Phase.SENT, false))) {
            assertThat(outcome.reach()).isEqualTo(Reach.SOMEBODY);
            assertThat(outcome.mayHaveArrived()).isTrue();
        }
    }

    private TlsProfileFactory profile(String name, Issued identity) throws IOException {
        TlsProfileFactory profile = new TlsProfileFactory();
        profile.name = name;
        profile.caBundle =
                Files.writeString(folder.resolve("ca.pem"), authority.pem()).toString();
        if (identity != null) {
            profile.certificate = Files.writeString(folder.resolve(name + ".pem"), identity.pem())
                    .toString();
            profile.key = Files.writeString(folder.resolve(name + "-key.pem"), identity.keyPem())
                    .toString();
        }
        return profile;
    }

    private static WebhookClient client(List<TlsProfileFactory> profiles) {
        OutboundFactory factory = new OutboundFactory();
        factory.tls = profiles;
        return factory.build(
                Clock.systemUTC(),
                name -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                factory.tlsRules(Clock.systemUTC()));
    }

    private static Outcome send(WebhookClient client, String url, String profile, byte[] body) {
        return Clients.send(client, new Call(url, Map.of(), body, Clients.LONG, () -> true, CallRoute.of(profile, "")));
    }
}
