package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.ReceivedRequest;

/** The Host header, and what a proxy is told, for hosts that are IPv6 addresses (RFC 9110, 7.2). TlsNamesTest has https. */
class HostHeaderTest {
    private final ConsumerServer server = ConsumerServer.start();

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[::ffff:127.0.0.1]",
                "[::FFFF:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[0:0:0:0:0:ffff:127.0.0.1]",
                "127.0.0.1"
            })
    void isWrittenAsInTheUrl(String host) {
        try (WebhookClient client = Clients.client()) {
            String url = "http://user@" + host + ":" + server.port() + "/hook";
            assertThat(Clients.send(client, Clients.call(url, Clients.LONG))).isEqualTo(new Outcome.Delivered(200));
        }
        assertThat(server.requests("/hook"))
                .singleElement()
                .satisfies(request -> assertThat(request.headers("Host")).containsExactly(host + ":" + server.port()));
    }

    @ParameterizedTest
    @CsvSource({
        "http://[::ffff:192.0.2.1]:8080/a, http://[::ffff:192.0.2.1]:8080/a, [::ffff:192.0.2.1]:8080",
        "http://[::ffff:192.0.2.1]/a, http://[::ffff:192.0.2.1]/a, [::ffff:192.0.2.1]",
        "http://[2001:db8::1]/a, http://[2001:db8::1]/a, [2001:db8::1]",
        "https://[2001:db8::1]/a, [2001:db8::1]:443, [2001:db8::1]:443",
        "https://[::ffff:192.0.2.1]/a, [0:0:0:0:0:ffff:c000:201]:443, [0:0:0:0:0:ffff:c000:201]:443",
        "https://[1:2:3:4:5:6:7::]:8443/a, [1:2:3:4:5:6:7:0]:8443, [1:2:3:4:5:6:7:0]:8443",
        "https://name.test.:8443/a, name.test.:8443, name.test.:8443",
        "https://my_svc/a, my_svc:443, my_svc:443",
        "https://b\u00fccher.test/a, xn--bcher-kva.test:443, xn--bcher-kva.test:443"
    })
    void aProxyIsToldAnAddressInBrackets(String url, String target, String host) {
        server.otherwise(Behavior.status(204));
        server.on(target, Behavior.status(502));
        try (WebhookClient client = Clients.client(factory -> {
            factory.httpProxy = HttpProxy.parse("127.0.0.1:" + server.port());
            factory.httpsProxy = factory.httpProxy;
        })) {
            Clients.send(client, Clients.call(url, Clients.LONG));
        }
        ReceivedRequest asked = server.requests().get(0);
        assertThat(asked.path()).isEqualTo(target);
        assertThat(asked.headers("Host")).containsExactly(host);
    }

    /** A zone is a network of this machine. */
    @ParameterizedTest
    @ValueSource(strings = {"http://[fe80::1%25nowhere]/", "https://[fe80::1%nowhere]/"})
    void anAddressWithAZoneTakesNoProxy(String url) {
        try (WebhookClient client = Clients.client(factory -> {
            factory.httpProxy = HttpProxy.parse("127.0.0.1:" + server.port());
            factory.httpsProxy = factory.httpProxy;
        })) {
            assertThat(Clients.send(client, Clients.call(url, Clients.LONG)).reason())
                    .isIn("dns", "blocked-address");
        }
        assertThat(server.connections()).isZero();
    }
}
