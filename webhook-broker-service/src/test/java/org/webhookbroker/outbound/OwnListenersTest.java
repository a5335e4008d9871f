package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.outbound.address.Network;
import org.webhookbroker.outbound.address.OwnListeners;
import org.webhookbroker.testing.ConsumerServer;

/** The broker never calls itself or its database, by whatever address, and whatever else is allowed. */
class OwnListenersTest {
    private static final List<Network> EVERYTHING = List.of(Network.parse("0.0.0.0/0"), Network.parse("::/0"));

    private final ConsumerServer listener = ConsumerServer.start();
    private final ConsumerServer consumer = ConsumerServer.start();
    private final ConsumerServer proxy = ConsumerServer.start();
    private final OwnListeners own = new OwnListeners();

    @AfterEach
    void close() {
        listener.close();
        consumer.close();
        proxy.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.2",
                "127.255.255.254",
                "user@127.0.0.1",
                "0.0.0.0",
                "[::]",
                "[::1]",
                "[0:0:0:0:0:0:0:1]",
                "[::1%lo]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[::127.0.0.1]",
                "[::ffff:0:127.0.0.1]",
                "[64:ff9b::127.0.0.1]",
                "[64:ff9b:1::7f00:1]",
                "[64:ff9b:1:7f00:0:100::]",
                "[2002:7f00:1::]",
                "[2001:0:7f00:1::]",
                "[2001:db8::5efe:127.0.0.1]",
                "2130706433",
                "127.1",
                "localhost",
                "LOCALHOST",
                "mine.test",
                "six.test"
            })
    void anAddressOfThisMachine(String host) {
        own.listensOn(listener::port);
        assertThat(call(host, listener.port())).isEqualTo("blocked-address");
        assertThat(listener.connections()).isZero();
    }

    /** Whether these are addresses at all, and which, differs from system to system. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0177.0.0.1",
                "0x7f.1",
                "0x7f000001",
                "017700000001",
                "localhost.",
                "127.0.0.1.",
                "\uff11\uff12\uff17.0.0.1"
            })
    void whatMayBeReadAsAnAddressOfThisMachine(String host) {
        own.listensOn(listener::port);
        call(host, listener.port());
        assertThat(listener.connections()).isZero();
    }

    static Stream<String> addressesOfThisMachine() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .map(InetAddress::getHostAddress)
                .map(address -> address.contains(":") ? "[" + address + "]" : address);
    }

    @ParameterizedTest
    @MethodSource("addressesOfThisMachine")
    void everyAddressOfEachInterface(String host) {
        own.listensOn(listener::port);
        assertThat(call(host, listener.port())).isEqualTo("blocked-address");
    }

    @Test
    void theReasonIsSaid() {
        own.listensOn(listener::port);
        own.hasDatabaseAt("127.0.0.1", consumer.port());
        try (WebhookClient client = client("")) {
            Outcome itself = Clients.send(client, Clients.call(listener.url("/tasks/gc"), Clients.LONG));
            assertThat(itself.detail()).isEqualTo("127.0.0.1 at port " + listener.port() + " is the broker itself");
            assertThat(itself.mayHaveArrived()).isFalse();
            Outcome database = Clients.send(client, Clients.call(consumer.url("/"), Clients.LONG));
            assertThat(database.detail()).endsWith("is the database of the broker");
        }
    }

    /** The first use of the README: everything is on one machine. */
    @Test
    void anotherPortOfThisMachineIsACaller() {
        own.listensOn(listener::port);
        own.listensOn(() -> -1);
        own.hasDatabaseAt("localhost", listener.port());
        assertThat(call("localhost", consumer.port())).isEqualTo("status-200");
        assertThat(call("[::ffff:127.0.0.1]", consumer.port())).isEqualTo("status-200");
    }

    /** A connection is judged again when it is opened, and when it is used. */
    @Test
    void aPortThatIsPickedLaterCountsFromThenOn() {
        int[] picked = {-1};
        own.listensOn(() -> picked[0]);
        try (WebhookClient client = client("")) {
            Call call = Clients.call(listener.url("/"), Clients.LONG);
            assertThat(Clients.send(client, call).reason()).isEqualTo("status-200");
            picked[0] = listener.port();
            assertThat(Clients.send(client, call).reason()).isEqualTo("blocked-address");
        }
        assertThat(listener.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "localhost", "db.test", "[::1]", "127.0.0.9", "[::ffff:127.0.0.1]", "mine.test"})
    void aDatabaseOnThisMachine(String host) {
        own.hasDatabaseAt("db.test", listener.port());
        assertThat(call(host, listener.port())).isEqualTo("blocked-address");
        assertThat(listener.connections()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"far.test", "FAR.test", "alias.test", "192.0.2.7", "[::ffff:192.0.2.7]", "[64:ff9b::c000:207]"})
    void aDatabaseElsewhere(String host) {
        own.hasDatabaseAt("far.test", 3306);
        assertThat(call(host, 3306)).isEqualTo("blocked-address");
    }

    /** A name is the proxy's to look up, so the broker cannot know; an address it can. */
    @ParameterizedTest
    @ValueSource(
            strings = {"[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "0.0.0.0", "[::]", "2130706433", "0x7f000001"})
    void byWayOfAProxy(String host) {
        own.listensOn(listener::port);
        try (WebhookClient client = client("127.0.0.1:" + proxy.port())) {
            Call call = Clients.call("http://" + host + ":" + listener.port() + "/", Clients.LONG);
            assertThat(Clients.send(client, call).reason()).isIn("blocked-address", "dns");
        }
        assertThat(proxy.connections() + listener.connections()).isZero();
    }

    private String call(String host, int port) {
        try (WebhookClient client = client("")) {
            return Clients.send(client, Clients.call("http://" + host + ":" + port + "/", Clients.LONG))
                    .reason();
        }
    }

    private WebhookClient client(String httpProxy) {
        OutboundFactory factory = new OutboundFactory();
        factory.deniedNetworks = List.of();
        factory.allowedNetworks = EVERYTHING;
        factory.httpProxy = HttpProxy.parse(httpProxy);
        return new ClientBuilder(factory, OwnListenersTest::lookup, factory.tlsRules(Clock.systemUTC()), own)
                .build(Clock.systemUTC());
    }

    private static InetAddress[] lookup(String host) throws UnknownHostException {
        return switch (host) {
            case "mine.test", "db.test" -> InetAddress.getAllByName("127.0.0.1");
            case "six.test" -> InetAddress.getAllByName("::1");
            case "far.test", "alias.test" ->
                new InetAddress[] {InetAddress.getByName("192.0.2.6"), InetAddress.getByName("192.0.2.7")};
            default -> InetAddress.getAllByName(host);
        };
    }
}
