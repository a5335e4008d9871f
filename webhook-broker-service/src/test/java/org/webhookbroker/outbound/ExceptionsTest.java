package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.webhookbroker.outbound.address.AddressPolicy;
import org.webhookbroker.outbound.address.HostResolver;
import org.webhookbroker.outbound.address.Network;
import org.webhookbroker.outbound.address.OwnListeners;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** Networks that are allowed for one consumer are not for another, whatever the two have in common. */
class ExceptionsTest {
    private static final String LOOPBACK = "127.0.0.0/8";

    private final ConsumerServer consumer = ConsumerServer.start();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);
    private volatile String address = "127.0.0.1";
    private final OwnListeners own = new OwnListeners();

    @AfterEach
    void close() {
        consumer.close();
    }

    private InetAddress[] lookup(String host) throws UnknownHostException {
        return InetAddress.getAllByName(address);
    }

    @Test
    void onlyTheConsumerThatHasOneIsCalled() {
        try (WebhookClient client = client(1)) {
            assertThat(Clients.send(client, call("")).reason()).isEqualTo("blocked-address");
            assertThat(Clients.send(client, call("10.0.0.0/8,::1")).reason()).isEqualTo("blocked-address");
            assertThat(Clients.send(client, call(LOOPBACK))).isEqualTo(new Outcome.Delivered(200));
            assertThat(Clients.send(client, call("")).reason()).isEqualTo("blocked-address");
            assertThat(consumer.requests()).hasSize(1);
        }
    }

    @Test
    void aTextThatNobodyCanReadAllowsNothing() {
        try (WebhookClient client = client(1)) {
            assertThat(Clients.send(client, call(LOOPBACK + ",rubbish")).reason())
                    .isEqualTo("blocked-address");
        }
    }

    /** The other's exception leads elsewhere, or may be taken away at any time. */
    @Test
    void aConnectionThatOneHasOpenedServesNoOther() {
        try (WebhookClient client = client(4)) {
            for (int i = 0; i < 3; i++) {
                assertThat(Clients.send(client, call(LOOPBACK)).delivered()).isTrue();
                assertThat(Clients.send(client, call("127.0.0.1")).delivered()).isTrue();
            }
            assertThat(consumer.connections()).isEqualTo(2);
            assertThat(client.routes()).isEqualTo(2);
        }
    }

    /** The name led to the consumer with the exception; now it leads others somewhere where they may go. */
    @Test
    void aKeptConnectionIsNotLentWhenTheNameLeadsElsewhere() {
        try (WebhookClient client = client(4, AddressPolicy.INTERNAL)) {
            assertThat(Clients.send(client, call("127.0.0.1")).delivered()).isTrue();
            address = "127.0.0.2";
            now.addAndGet(HostResolver.ANSWER_TTL.toNanos());

            assertThat(Clients.send(client, call("")).reason()).isEqualTo("connect");

            assertThat(consumer.requests()).hasSize(1);
            assertThat(Clients.send(client, call("127.0.0.1")).delivered())
                    .as("its own")
                    .isTrue();
            assertThat(consumer.connections()).isEqualTo(1);
        }
    }

    @Test
    void norIsOneOfHttp2() throws Exception {
        try (TlsConsumer server = new TlsConsumer("consumer", HttpVersionPolicy.FORCE_HTTP_2);
                WebhookClient client = new ClientBuilder(
                                factory(4, AddressPolicy.INTERNAL),
                                this::lookup,
                                Clients.tls(TlsConsumer.trusting("consumer")),
                                own)
                        .by(now::get)
                        .build(Clock.systemUTC())) {
            String url = "https://consumer.test:" + server.port() + "/";
            assertThat(Clients.send(client, call(url, "127.0.0.1")).delivered()).isTrue();
            assertThat(Clients.send(client, call(url, LOOPBACK)).delivered()).isTrue();
            assertThat(client.routes()).isEqualTo(2);
            address = "127.0.0.2";
            now.addAndGet(HostResolver.ANSWER_TTL.toNanos());

            assertThat(Clients.send(client, call(url, "")).reason()).isEqualTo("connect");
            assertThat(server.requests()).hasSize(2);
        }
    }

    /** Judged once more when it connects: a call may wait for its turn, and the name lead elsewhere by then (DNS rebinding). */
    @Test
    void whatTheNameLeadsToSinceIsNotConnectedTo() {
        CountDownLatch gate = new CountDownLatch(1);
        consumer.otherwise(Behavior.gated(gate, Behavior.reply(200, "", "Connection: close")));
        OutboundFactory factory = factory(1, AddressPolicy.INTERNAL);
        factory.deniedNetworks = List.of(Network.parse("127.0.0.2"));
        try (WebhookClient client = client(factory)) {
            CompletableFuture<Outcome> first = client.send(call(""));
            await().until(() -> consumer.requests().size() == 1);
            CompletableFuture<Outcome> waiting = client.send(call(""));
            address = "127.0.0.2";
            now.addAndGet(HostResolver.ANSWER_TTL.toNanos());
            assertThat(Clients.send(client, call("")).reason()).isEqualTo("blocked-address");
            assertThat(waiting).isNotDone();

            gate.countDown();

            assertThat(Clients.await(first)).isEqualTo(new Outcome.Delivered(200));
            assertThat(Clients.await(waiting).reason()).isEqualTo("blocked-address");
        }
    }

    private WebhookClient client(int connections) {
        return client(connections, AddressPolicy.PUBLIC);
    }

    private WebhookClient client(int connections, AddressPolicy policy) {
        return client(factory(connections, policy));
    }

    private WebhookClient client(OutboundFactory factory) {
        return new ClientBuilder(factory, this::lookup, Clients.tls(SSLContexts.createDefault()), own)
                .by(now::get)
                .build(Clock.systemUTC());
    }

    private static OutboundFactory factory(int connections, AddressPolicy policy) {
        OutboundFactory factory = new OutboundFactory();
        factory.maxConnectionsPerRoute = connections;
        factory.policy = policy;
        factory.deniedNetworks = policy == AddressPolicy.PUBLIC ? List.of() : List.of(Network.parse("127.0.0.1"));
        return factory;
    }

    private Call call(String allowed) {
        return call("http://consumer.test:" + consumer.port() + "/", allowed);
    }

    private static Call call(String url, String allowed) {
        return new Call(url, Map.of(), Clients.BODY, Clients.LONG, () -> true, CallRoute.of("", allowed));
    }
}
