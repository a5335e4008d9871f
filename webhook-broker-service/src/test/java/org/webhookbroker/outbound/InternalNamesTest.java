package org.webhookbroker.outbound;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.outbound.address.AddressPolicy;
import org.webhookbroker.outbound.address.HostResolver;
import org.webhookbroker.outbound.address.Network;
import org.webhookbroker.outbound.address.OwnListeners;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.Uncalled;

/**
 * {@code outbound.policy: public} against whoever answers for a name, or for the consumer. 127.0.0.1 plays the internet, by an exception
 * for all; 127.0.0.2 is inside.
 */
@Tag("G12")
class InternalNamesTest {
    private static final String OUTSIDE = "127.0.0.1";

    private final ConsumerServer consumer = ConsumerServer.start();
    private final Uncalled inside = new Uncalled();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);
    private volatile List<String> addresses = List.of(OUTSIDE);
    private final WebhookClient client = client(SSLContexts.createDefault(), "");

    @AfterEach
    void close() {
        client.close();
        assertThat(inside.wasCalled()).isFalse();
        inside.close();
        consumer.close();
    }

    private WebhookClient client(SSLContext tls, String proxy) {
        OutboundFactory factory = new OutboundFactory();
        factory.policy = AddressPolicy.PUBLIC;
        factory.allowedNetworks = List.of(Network.parse(OUTSIDE));
        factory.httpProxy = HttpProxy.parse(proxy);
        return new ClientBuilder(factory, this::lookup, Clients.tls(tls), new OwnListeners())
                .by(now::get)
                .build(Clock.systemUTC());
    }

    private InetAddress[] lookup(String host) throws UnknownHostException {
        InetAddress[] found = new InetAddress[addresses.size()];
        for (int i = 0; i < found.length; i++) {
            found[i] = InetAddress.getByName(addresses.get(i));
        }
        return found;
    }

    /** DNS rebinding: the name led outside when it was registered, and for the first deliveries. */
    @Test
    void aNameThatLeadsInsideNow() {
        assertThat(send(url("rebound.test", consumer.port()))).isEqualTo(new Outcome.Delivered(200));
        addresses = List.of(Uncalled.ADDRESS);
        now.addAndGet(HostResolver.ANSWER_TTL.toNanos());

        Outcome outcome = send(url("rebound.test", consumer.port()));

        assertThat(outcome)
                .isEqualTo(
                        new Outcome.Refused(
                                "blocked-address",
                                "outbound.policy public (Loopback, RFC 1122) refuses the address 127.0.0.2 of the host rebound.test"));
        assertThat(consumer.requests()).hasSize(1);
        assertThat(send(url("rebound.test", inside.port())).reason()).isEqualTo("blocked-address");
    }

    /** Whoever mixes them wants the second to be tried when the first does not answer. */
    @Test
    void aNameThatLeadsInsideToo() {
        for (List<String> mixed : List.of(List.of(OUTSIDE, Uncalled.ADDRESS), List.of(Uncalled.ADDRESS, OUTSIDE))) {
            addresses = mixed;
            now.addAndGet(HostResolver.ANSWER_TTL.toNanos());
            assertThat(send(url("mixed.test", inside.port())).reason()).isEqualTo("blocked-address");
            assertThat(send(url("mixed.test", consumer.port())).reason()).isEqualTo("blocked-address");
        }
        assertThat(consumer.connections()).isZero();
    }

    /** Beyond those that are kept an address is neither judged nor called. */
    @Test
    void aNameWithManyAddresses() {
        String[] many = new String[20];
        Arrays.fill(many, OUTSIDE);
        many[19] = Uncalled.ADDRESS;
        addresses = List.of(many);
        assertThat(send(url("many.test", inside.port())).reason()).isEqualTo("connect");
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 304, 305, 307, 308})
    void redirectsAreNotFollowed(int status) {
        consumer.otherwise(Behavior.redirect(status, url(Uncalled.ADDRESS, inside.port())));
        assertThat(send(url("consumer.test", consumer.port())).reason()).isEqualTo("redirect-" + status);
        assertThat(consumer.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Alt-Svc: h2=\"127.0.0.2:%d\"; ma=86400, http/1.1=\"127.0.0.2:%d\"",
                "Refresh: 0; url=http://127.0.0.2:%d/",
                "Location: http://127.0.0.2:%d/",
                "Content-Location: http://127.0.0.2:%d/",
                "Link: <http://127.0.0.2:%d/>; rel=preload",
                "Upgrade: h2c"
            })
    void norIsWhatElseNamesAServer(String header) {
        consumer.otherwise(Behavior.reply(200, "", header.formatted(inside.port(), inside.port())));
        for (int i = 0; i < 3; i++) {
            assertThat(send(url("consumer.test", consumer.port()))).isEqualTo(new Outcome.Delivered(200));
        }
        assertThat(consumer.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 407, 421, 511})
    void norIsAStatusThatAsksForAnotherServer(int status) {
        consumer.otherwise(Behavior.reply(
                status,
                "",
                "Location: " + url(Uncalled.ADDRESS, inside.port()),
                "Upgrade: h2c",
                "Connection: Upgrade"));
        assertThat(send(url("consumer.test", consumer.port())).delivered()).isFalse();
    }

    /** RFC 7838 and 8336: servers that would do as well, as a consumer says. */
    @Test
    void framesOfHttp2ThatNameOtherServersAreNotRead() throws Exception {
        byte[] alternative = field("https://127.0.0.1", "h2=\"127.0.0.2:" + inside.port() + "\"");
        byte[] origin = field("https://127.0.0.2:" + inside.port(), "");
        try (RawHttp2Consumer server = new RawHttp2Consumer();
                WebhookClient tls = client(RawHttp2Consumer.trusting(), "")) {
            server.begins((connection, stream) -> {
                connection.frame(RawHttp2Consumer.SETTINGS, 0, 0);
                connection.frame(0xa, 0, 0, ints(alternative));
                connection.frame(0xc, 0, 0, ints(origin));
            });
            for (int i = 0; i < 3; i++) {
                assertThat(Clients.send(tls, Clients.call(server.url(), Clients.LONG)))
                        .isEqualTo(new Outcome.Delivered(200));
            }
            assertThat(server.requests()).containsExactly(1, 1, 1);
            String there = server.url().replaceFirst("//[^/]*", "//127.0.0.2:" + inside.port());
            assertThat(Clients.send(tls, Clients.call(there, Clients.LONG)).reason())
                    .isEqualTo("blocked-address");
        }
    }

    /** A name is the proxy's to judge. */
    @Test
    void behindAProxyAnAddressIsJudged() {
        consumer.otherwise(Behavior.proxy());
        try (WebhookClient proxied = client(SSLContexts.createDefault(), "http://127.0.0.1:" + consumer.port())) {
            for (String host : List.of("127.0.0.2", "10.0.0.5", "[::ffff:10.0.0.5]", "[fd00::1]", "[64:ff9b::a00:5]")) {
                assertThat(Clients.send(proxied, Clients.call("http://" + host + ":81/", Clients.LONG))
                                .reason())
                        .as(host)
                        .isEqualTo("blocked-address");
            }
            for (String host : List.of("2130706434", "0x7f.2", "127.2", "10.0.0.5.")) {
                assertThat(Clients.send(proxied, Clients.call("http://" + host + ":81/", Clients.LONG))
                                .reason())
                        .as(host)
                        .isEqualTo("dns");
            }
        }
        assertThat(consumer.connections()).isZero();
    }

    private Outcome send(String url) {
        return Clients.send(client, Clients.call(url, Clients.LONG));
    }

    private static String url(String host, int port) {
        return "http://" + host + ":" + port + "/";
    }

    /** A text with its length before it, and another. */
    private static byte[] field(String text, String rest) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(text.length() >> 8);
        bytes.write(text.length());
        bytes.writeBytes((text + rest).getBytes(US_ASCII));
        return bytes.toByteArray();
    }

    private static int[] ints(byte[] bytes) {
        int[] ints = new int[bytes.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = bytes[i];
        }
        return ints;
    }
}
