package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.outbound.address.Network;
import org.webhookbroker.testing.ConsumerServer;

/** Calls that the client will not make. */
class RefusedCallTest {
    private final ConsumerServer consumer = ConsumerServer.start();
    private final WebhookClient client = Clients.client(factory -> {}, RefusedCallTest::lookup);

    @AfterEach
    void close() {
        client.close();
        consumer.close();
    }

    /** The JDK's own idea of what is a literal, and two names. */
    private static InetAddress[] lookup(String host) throws UnknownHostException {
        return switch (host) {
            case "metadata.test" -> InetAddress.getAllByName("169.254.169.254");
            case "mixed.test" ->
                new InetAddress[] {InetAddress.getLoopbackAddress(), InetAddress.getAllByName("fe80::1")[0]};
            default -> InetAddress.getAllByName(host);
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data/",
                "http://user@169.254.169.254/",
                "http://a:b@169.254.169.254:80/",
                "http://example.com@169.254.169.254/",
                "https://169.254.169.254/",
                "http://[::ffff:169.254.169.254]/",
                "http://[::ffff:a9fe:a9fe]/",
                "http://[64:ff9b::a9fe:a9fe]/",
                "http://[2002:a9fe:a9fe::]/",
                "http://[fe80::1]/",
                "http://[::]/",
                "http://0.0.0.0/",
                "http://metadata.test/",
                "http://mixed.test/",
                "http://[fd00:ec2::254]/"
            })
    void forbiddenAddress(String url) {
        Outcome outcome = send(url, Map.of());

        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        assertThat(outcome.reason()).isEqualTo("blocked-address");
        assertThat(outcome.mayHaveArrived()).isFalse();
        assertThat(outcome.attempted()).isTrue();
    }

    /** Depending on the JDK and the system's resolver these are the metadata address or no address at all. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://2852039166/",
                "http://0251.0376.0251.0376/",
                "http://0xa9fea9fe/",
                "http://169.254.43518/",
                "http://169.16689662/",
                "http://169.254.169.254./",
                "http://0/",
                "http://\uff11\uff16\uff19.254.169.254/"
            })
    void oddFormsOfForbiddenAddresses(String url) {
        assertThat(send(url, Map.of()).reason()).isIn("blocked-address", "dns");
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo:bar", "", "http://", "http://127.0.0.1:99999/", "http://exa mple/"})
    void badUrl(String url) {
        Outcome outcome = send(url, Map.of());

        assertThat(outcome.reason()).isEqualTo("bad-url");
        assertThat(outcome.attempted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX-Evil: 1", "a\nb", "a\rb", "a\u0000b", "a\u007fb", "\u0001"})
    void headerValueThatCouldSplitTheRequest(String value) {
        Outcome outcome = send(consumer.url("/hook"), Map.of("X-Token", value));

        assertThat(outcome).isEqualTo(new Outcome.Refused("bad-header", "Header cannot be sent: X-Token"));
        assertThat(consumer.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "a\r\nb", "\u00e9", "a\u0000"})
    void headerNameThatIsNone(String name) {
        assertThat(send(consumer.url("/hook"), Map.of(name, "v")).reason()).isEqualTo("bad-header");
        assertThat(consumer.requests()).isEmpty();
    }

    @Test
    void allowedNetworkIsAnException() {
        try (WebhookClient strict =
                        Clients.client(factory -> factory.deniedNetworks = List.of(Network.parse("127.0.0.0/8")));
                WebhookClient eased = Clients.client(factory -> {
                    factory.deniedNetworks = List.of(Network.parse("127.0.0.0/8"));
                    factory.allowedNetworks = List.of(Network.parse("127.0.0.1"));
                })) {
            Call call = Clients.call(consumer.url("/hook"), Clients.LONG);

            assertThat(Clients.send(strict, call).reason()).isEqualTo("blocked-address");
            assertThat(Clients.send(eased, call).delivered()).isTrue();
        }
    }

    private Outcome send(String url, Map<String, String> headers) {
        return Clients.send(client, new Call(url, headers, Clients.BODY, Clients.LONG));
    }
}
