package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.ReceivedRequest;

/** Calls to https consumers through a tunnel. Only the proxy knows the consumer's name. */
@Tag("slow")
class ProxyTunnelTest {
    private final ConsumerServer proxy = ConsumerServer.start().otherwise(Behavior.proxy());
    private final SSLContext trusting = TlsConsumer.trusting("consumer");
    private TlsConsumer consumer = new TlsConsumer("consumer", HttpVersionPolicy.NEGOTIATE);

    ProxyTunnelTest() throws Exception {}

    @AfterEach
    void close() {
        consumer.close();
        proxy.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersionPolicy.class,
            names = {"NEGOTIATE", "FORCE_HTTP_1"})
    void proxySeesNothingOfTheCall(HttpVersionPolicy policy) throws Exception {
        consumer.close();
        consumer = new TlsConsumer("consumer", policy);
        proxy.otherwise(Behavior.proxyFor("user", "password"));
        try (WebhookClient client = client("user:password@127.0.0.1", trusting)) {
            for (int i = 0; i < 20; i++) {
                assertThat(send(client, "consumer.test")).isEqualTo(new Outcome.Delivered(200));
            }
        }
        assertThat(proxy.requests()).as("a kept tunnel").hasSize(1);
        ReceivedRequest asked = proxy.requests().get(0);
        assertThat(asked.method()).isEqualTo("CONNECT");
        assertThat(asked.path()).isEqualTo("consumer.test:" + consumer.port());
        assertThat(asked.headers().stream().map(header -> header.getKey()))
                .containsExactlyInAnyOrder("Host", "User-Agent", "Proxy-Authorization");
        assertThat(asked.header("User-Agent")).isEqualTo("Webhook Message Broker");
        assertThat(consumer.requests()).hasSize(20).allSatisfy(this::isWhatWasSent);
        assertThat(consumer.requests().get(0).getHead().getVersion().getMajor())
                .isEqualTo(policy == HttpVersionPolicy.NEGOTIATE ? 2 : 1);
    }

    private void isWhatWasSent(Message<HttpRequest, byte[]> request) {
        assertThat(request.getHead().containsHeader("Proxy-Authorization")).isFalse();
        assertThat(request.getHead().getPath()).isEqualTo("/hook");
        assertThat(request.getHead().getFirstHeader("content-type").getValue()).isEqualTo("application/json");
        assertThat(request.getHead().getFirstHeader("content-length").getValue())
                .isEqualTo("4");
        assertThat(request.getBody()).isEqualTo(Clients.BODY);
    }

    @Test
    void certificateThatTheSystemDoesNotTrustIsRefused() {
        try (WebhookClient client = client("127.0.0.1", SSLContexts.createDefault())) {
            Outcome outcome = send(client, "consumer.test");

            assertThat(outcome.reason()).isEqualTo("tls");
            assertThat(outcome.reach()).isEqualTo(Reach.SOMEBODY);
            assertThat(outcome.mayHaveArrived()).isFalse();
        }
        assertThat(consumer.requests()).isEmpty();
    }

    @Test
    void certificateOfAnotherNameIsRefused() {
        try (WebhookClient client = client("127.0.0.1", trusting)) {
            assertThat(send(client, "other.test").reason()).isEqualTo("tls");
        }
        assertThat(consumer.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 403, 407, 502, 503})
    void refusedTunnel(int status) {
        for (Behavior refusal : List.of(
                Behavior.status(status),
                Behavior.reply(status, "<html>"),
                Behavior.raw("HTTP/1.1 " + status + " No\r\nConnection: close\r\n\r\n"),
                Behavior.endlessBody(status))) {
            proxy.otherwise(refusal);
            try (WebhookClient client = client("user:secret@127.0.0.1", trusting)) {
                Outcome outcome = send(client, "consumer.test");

                assertThat(outcome).isInstanceOf(Outcome.Unreachable.class);
                assertThat(outcome.reason()).isEqualTo("proxy-" + status);
                assertThat(outcome.reach()).as(outcome.toString()).isEqualTo(Reach.NOBODY);
                assertThat(outcome.mayHaveArrived()).isFalse();
                assertThat(outcome.detail()).contains("proxy", "" + status).doesNotContain("secret");
                await().until(() -> proxy.openConnections() == 0);
            }
        }
        assertThat(consumer.requests()).isEmpty();
    }

    @Test
    void proxyThatSaysNothingUntilTheDeadline() {
        proxy.otherwise(Behavior.hang());
        try (WebhookClient client = client("127.0.0.1", trusting)) {
            Outcome outcome = send(client, "consumer.test", Clients.SHORT);

            assertThat(outcome.reason()).isEqualTo("connect-timeout");
            assertThat(outcome.mayHaveArrived()).isFalse();
            await().until(() -> proxy.openConnections() == 0);
        }
    }

    @Test
    void consumerThatSaysNothingInTheHandshakeUntilTheDeadline() {
        proxy.otherwise((request, connection) -> {
            connection.write("HTTP/1.1 200 Connected\r\n\r\n");
            connection.waitForEnd();
        });
        try (WebhookClient client = client("127.0.0.1", trusting)) {
            Outcome outcome = send(client, "consumer.test", Clients.SHORT);

            assertThat(outcome.reason()).isEqualTo("connect-timeout");
            assertThat(outcome.mayHaveArrived()).isFalse();
            await().until(() -> proxy.openConnections() == 0);
        }
    }

    @Test
    void proxyThatHangsUp() {
        for (Behavior end : List.of(Behavior.close(), Behavior.reset(), Behavior.raw("SSH-2.0-x\r\n"))) {
            proxy.otherwise(end);
            try (WebhookClient client = client("127.0.0.1", trusting)) {
                Outcome outcome = send(client, "consumer.test", Clients.LONG);

                assertThat(outcome).isInstanceOf(Outcome.Unreachable.class);
                assertThat(outcome.reach()).as(outcome.toString()).isEqualTo(Reach.NOBODY);
                assertThat(outcome.mayHaveArrived()).isFalse();
            }
        }
    }

    @Test
    void targetThatIsADeniedAddressItself() {
        try (WebhookClient client = client("127.0.0.1", trusting)) {
            assertThat(send(client, "169.254.169.254").reason()).isEqualTo("blocked-address");
        }
        assertThat(proxy.connections()).isZero();
    }

    @Test
    void targetThatIsAnAddressWeMayCall() {
        proxy.otherwise(Behavior.status(502));
        try (WebhookClient client = client("127.0.0.1", trusting)) {
            assertThat(send(client, "[2001:db8::1]").reason()).isEqualTo("proxy-502");
        }
        assertThat(proxy.requests().get(0).path()).isEqualTo("[2001:db8::1]:" + consumer.port());
    }

    private Outcome send(WebhookClient client, String host) {
        return send(client, host, Clients.LONG);
    }

    private Outcome send(WebhookClient client, String host, Duration timeout) {
        return Clients.send(client, Clients.call("https://" + host + ":" + consumer.port() + "/hook", timeout));
    }

    private WebhookClient client(String proxyHost, SSLContext tls) {
        OutboundFactory factory = new OutboundFactory();
        factory.httpsProxy = HttpProxy.parse("http://" + proxyHost + ":" + proxy.port() + "/");
        return factory.build(Clock.systemUTC(), ProxyTunnelTest::lookup, tls);
    }

    private static InetAddress[] lookup(String host) throws UnknownHostException {
        throw new UnknownHostException(host);
    }
}
