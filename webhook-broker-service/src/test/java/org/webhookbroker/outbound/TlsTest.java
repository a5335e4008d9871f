package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.outbound.address.HostResolver;

/** Calls to https consumers. */
class TlsTest {
    private final SSLContext trusting = TlsConsumer.trusting("localhost");
    private TlsConsumer server = new TlsConsumer("localhost", HttpVersionPolicy.NEGOTIATE);

    TlsTest() throws Exception {}

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersionPolicy.class,
            names = {"NEGOTIATE", "FORCE_HTTP_1"})
    void protocolIsNegotiated(HttpVersionPolicy consumer) throws Exception {
        server.close();
        server = new TlsConsumer("localhost", consumer);
        try (WebhookClient client = new OutboundFactory().build(Clock.systemUTC(), host -> loopback(), trusting)) {
            Map<String, String> headers = Map.of("Content-Type", "a/b;;odd", "Connection", "close", "X-Cafe", "\u00e9");
            for (int i = 0; i < 20; i++) {
                Outcome outcome = Clients.send(client, new Call(url(), headers, Clients.BODY, Clients.LONG));
                assertThat(outcome).isEqualTo(new Outcome.Delivered(200));
            }
        }
        Message<HttpRequest, byte[]> request = server.requests().get(19);
        assertThat(request.getHead().getVersion().getMajor())
                .isEqualTo(consumer == HttpVersionPolicy.NEGOTIATE ? 2 : 1);
        assertThat(request.getBody()).isEqualTo(Clients.BODY);
        assertThat(request.getHead().getHeader("content-type").getValue()).isEqualTo("a/b;;odd");
    }

    @Test
    void certificateThatTheSystemDoesNotTrustIsRefused() {
        try (WebhookClient client = Clients.client()) {
            Outcome outcome = Clients.send(client, Clients.call(url(), Clients.LONG));

            assertThat(outcome.reason()).isEqualTo("tls");
            assertThat(outcome.reach()).isEqualTo(Reach.SOMEBODY);
            assertThat(outcome.mayHaveArrived()).isFalse();
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void anInternationalNameIsAskedForAndVerifiedInAscii() throws Exception {
        server.close();
        server = new TlsConsumer("consumer", HttpVersionPolicy.FORCE_HTTP_1);
        List<String> asked = new ArrayList<>();
        HostResolver.Lookup lookup = host -> {
            asked.add(host);
            return loopback();
        };
        try (WebhookClient client =
                new OutboundFactory().build(Clock.systemUTC(), lookup, TlsConsumer.trusting("consumer"))) {
            String url = "https://b\u00fccher.test:" + server.port() + "/hook";
            assertThat(Clients.send(client, Clients.call(url, Clients.LONG))).isEqualTo(new Outcome.Delivered(200));
        }
        assertThat(asked).containsExactly("xn--bcher-kva.test");
        assertThat(server.requests().get(0).getHead().getAuthority().toString())
                .isEqualTo("xn--bcher-kva.test:" + server.port());
    }

    @Test
    void certificateOfAnotherNameIsRefused() {
        String other = url().replace("localhost", "other.test");
        try (WebhookClient client = new OutboundFactory().build(Clock.systemUTC(), host -> loopback(), trusting)) {
            assertThat(Clients.send(client, Clients.call(other, Clients.LONG)).reason())
                    .isEqualTo("tls");
        }
        assertThat(server.requests()).isEmpty();
    }

    private static InetAddress[] loopback() {
        return new InetAddress[] {InetAddress.getLoopbackAddress()};
    }

    private String url() {
        return "https://localhost:" + server.port() + "/hook";
    }
}
