package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.outbound.address.Network;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.ReceivedRequest;

/** Calls by way of a proxy for http. Only the proxy knows the consumer's name, and it is itself at an address that is denied. */
class ProxyTest {
    private final ConsumerServer consumer = ConsumerServer.start();
    private final ConsumerServer proxy = ConsumerServer.start().otherwise(Behavior.proxy());
    private final Queue<String> lookups = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        proxy.close();
        consumer.close();
    }

    @Test
    void proxyGetsTheWholeUrlAndTheConsumerAllHeaders() {
        String url = "http://consumer.test:" + consumer.port() + "/hook?a=b%20c";
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "a/b;;odd");
        headers.put("X-Broker-Message-ID", "m1");
        headers.put("X-Empty", "");
        try (WebhookClient client = client("proxy.test")) {
            for (int i = 0; i < 3; i++) {
                assertThat(Clients.send(client, new Call(url, headers, Clients.BODY, Clients.LONG)))
                        .isEqualTo(new Outcome.Delivered(200));
            }
        }
        ReceivedRequest asked = proxy.requests().get(0);
        assertThat(asked.path()).isEqualTo(url);
        assertThat(asked.header("Host")).isEqualTo("consumer.test:" + consumer.port());
        assertThat(asked.header("Proxy-Authorization")).isNull();
        assertThat(consumer.requests("/hook")).hasSize(3).allSatisfy(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.headers()).containsAll(headers.entrySet());
            assertThat(request.header("User-Agent")).isEqualTo("Webhook Message Broker");
            assertThat(request.header("Content-Length")).isEqualTo("4");
            assertThat(request.body()).isEqualTo(Clients.BODY);
        });
        assertThat(proxy.connections()).as("kept").isEqualTo(1);
        assertThat(lookups).containsOnly("proxy.test");
    }

    @Test
    void credentialsGoToTheProxyAlone() {
        proxy.otherwise(Behavior.proxyFor("user", "p@ss\u00e9:"));
        try (WebhookClient client = client("user:p%40ss%C3%A9:@127.0.0.1")) {
            assertThat(send(client).delivered()).isTrue();
        }
        assertThat(consumer.requests())
                .hasSize(1)
                .allSatisfy(request ->
                        assertThat(request.header("Proxy-Authorization")).isNull());
    }

    @Test
    void aProxyThatWantsOtherCredentialsIsNotTheConsumer() {
        proxy.otherwise(Behavior.proxyFor("user", "right"));
        try (WebhookClient client = client("user:wrong@proxy.test")) {
            Outcome outcome = send(client);

            assertThat(outcome.reason()).isEqualTo("proxy-407");
            assertThat(outcome.reach()).isEqualTo(Reach.NOBODY);
            assertThat(outcome.mayHaveArrived()).isFalse();
            assertThat(outcome.detail()).contains("user and password").doesNotContain("wrong");
        }
        assertThat(consumer.requests()).isEmpty();
        assertThat(proxy.requests()).hasSize(1);
    }

    /** Any other answer may be the consumer's. */
    @Test
    void anAnswerComesThrough() {
        consumer.on("/hook", Behavior.reply(503, "busy", "Retry-After: 7"));
        try (WebhookClient client = client("proxy.test")) {
            Outcome outcome = send(client);

            assertThat(outcome.reason()).isEqualTo("status-503");
            assertThat(outcome.retryHint()).isPresent();
            assertThat(outcome.detail()).endsWith("busy");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Squid-Error: ERR_CONNECT_FAIL 111",
                "X-Squid-Error: ERR_DNS_FAIL 0",
                "Proxy-Status: squid; error=connection_refused",
                "Proxy-Status: a.test; error=dns_error; rcode=NXDOMAIN",
                "Proxy-Status: outer, inner;details=\"no; error=x\"; error=connection_timeout, last"
            })
    void aProxyThatSaysItCouldNotReachTheConsumer(String word) {
        for (int status : List.of(502, 503, 504)) {
            proxy.otherwise(Behavior.reply(status, "<html>", word));
            try (WebhookClient client = client("proxy.test")) {
                Outcome outcome = send(client);

                assertThat(outcome.reason()).isEqualTo("proxy-" + status);
                assertThat(outcome.reach()).isEqualTo(Reach.NOBODY);
                assertThat(outcome.mayHaveArrived()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Squid-Error: ERR_READ_TIMEOUT 0",
                "X-Squid-Error: none",
                "Proxy-Status: squid; error=connection_terminated",
                "Proxy-Status: squid; error=connection_refusedx",
                "Proxy-Status: squid; details=\"; error=connection_refused\"",
                "Proxy-Status: squid; details=\"\\\"; error=connection_refused\"",
                "Via: 1.1 proxy.test"
            })
    void anAnswerThatDoesNotSaySoSpendsAnAttempt(String word) {
        for (int status : List.of(502, 503, 504)) {
            proxy.otherwise(Behavior.reply(status, "", word));
            try (WebhookClient client = client("proxy.test")) {
                Outcome outcome = send(client);

                assertThat(outcome.reason()).isEqualTo("status-" + status);
                assertThat(outcome.reach()).isEqualTo(Reach.SOMEBODY);
            }
        }
    }

    @Test
    void withoutAProxyItsWordIsTheConsumersOwn() {
        consumer.on("/hook", Behavior.reply(503, "", "Proxy-Status: cdn; error=connection_refused"));
        try (WebhookClient client = Clients.client(factory -> factory.deniedNetworks = List.of())) {
            Outcome outcome = Clients.send(client, Clients.call(consumer.url("/hook"), Clients.LONG));

            assertThat(outcome.reason()).isEqualTo("status-503");
            assertThat(outcome.attempted()).isTrue();
        }
    }

    @Test
    void proxyDown() {
        proxy.close();
        try (WebhookClient client = client("proxy.test")) {
            Outcome outcome = send(client);

            assertThat(outcome.reason()).isEqualTo("connect");
            assertThat(outcome.reach()).isEqualTo(Reach.NOBODY);
            assertThat(outcome.mayHaveArrived()).isFalse();
            assertThat(outcome.detail()).contains("proxy.test", "refused");
        }
    }

    @Test
    void proxyThatDnsDoesNotKnow() {
        try (WebhookClient client = client("nowhere.test")) {
            Outcome outcome = send(client);

            assertThat(outcome.reason()).isEqualTo("dns");
            assertThat(outcome.detail()).endsWith("nowhere.test");
        }
    }

    /** The numbers would be no literal to us, but might be one to the proxy. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/",
                "http://user@169.254.169.254:80/",
                "http://[::ffff:a9fe:a9fe]/",
                "http://[fe80::1]/",
                "http://2852039166/",
                "http://0xa9fea9fe/",
                "http://0251.0376.0251.0376/",
                "http://169.254.43518/",
                "http://169.254.169.254./",
                "http://169.254.169.0xfe/",
                "http://0/"
            })
    void targetThatIsADeniedAddressItself(String url) {
        try (WebhookClient client = client("proxy.test")) {
            Outcome outcome = Clients.send(client, Clients.call(url, Clients.LONG));

            assertThat(outcome.reason()).isIn("blocked-address", "dns");
            assertThat(outcome.mayHaveArrived()).isFalse();
        }
        assertThat(proxy.connections()).isZero();
        assertThat(lookups).isEmpty();
    }

    @Test
    void targetThatIsAnAddressWeMayCall() {
        proxy.otherwise(Behavior.status(204));
        try (WebhookClient client = client("proxy.test")) {
            assertThat(Clients.send(client, Clients.call("http://[2001:db8::1]:81/", Clients.LONG))
                            .delivered())
                    .isTrue();
        }
        assertThat(proxy.requests().get(0).path()).isEqualTo("http://[2001:db8::1]:81/");
    }

    @Test
    void exceptionsAreCalledDirectly() {
        try (WebhookClient client = client("127.0.0.1", factory -> {
            factory.noProxy = "proxy.test";
            factory.deniedNetworks = List.of();
        })) {
            for (String host : List.of("proxy.test", "127.0.0.1")) {
                String url = "http://" + host + ":" + consumer.port() + "/hook";
                assertThat(Clients.send(client, Clients.call(url, Clients.LONG)))
                        .isEqualTo(new Outcome.Delivered(200));
            }
        }
        assertThat(proxy.connections()).isZero();
    }

    /** The proxy's address is beyond judgement as the way to others only. */
    @Test
    void theProxyItselfIsATargetLikeAnyOther() {
        proxy.on("/", Behavior.status(204));
        Call call = Clients.call("http://proxy.test:" + proxy.port() + "/", Clients.LONG);
        try (WebhookClient client = client("proxy.test", factory -> factory.noProxy = "proxy.test")) {
            assertThat(Clients.send(client, call).reason()).isEqualTo("blocked-address");
        }
        assertThat(proxy.connections()).isZero();
        try (WebhookClient client = client("proxy.test", factory -> {
            factory.noProxy = "proxy.test";
            factory.deniedNetworks = List.of();
        })) {
            assertThat(Clients.send(client, call).delivered()).isTrue();
        }
    }

    private Outcome send(WebhookClient client) {
        return Clients.send(client, Clients.call("http://consumer.test:" + consumer.port() + "/hook", Clients.LONG));
    }

    private WebhookClient client(String proxyHost) {
        return client(proxyHost, factory -> {});
    }

    private WebhookClient client(String proxyHost, Consumer<OutboundFactory> changes) {
        OutboundFactory factory = new OutboundFactory();
        factory.httpProxy = HttpProxy.parse(proxyHost + ":" + proxy.port());
        factory.deniedNetworks = List.of(
                Network.parse("0.0.0.0/8"),
                Network.parse("127.0.0.0/8"),
                Network.parse("169.254.0.0/16"),
                Network.parse("fe80::/10"));
        changes.accept(factory);
        return factory.build(Clock.systemUTC(), this::lookup, SSLContexts.createDefault());
    }

    private InetAddress[] lookup(String host) throws UnknownHostException {
        lookups.add(host);
        if (!host.equals("proxy.test")) {
            throw new UnknownHostException(host);
        }
        return new InetAddress[] {InetAddress.getLoopbackAddress()};
    }
}
