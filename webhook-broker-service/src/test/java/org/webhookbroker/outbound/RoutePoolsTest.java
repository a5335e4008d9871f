package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.util.Duration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** Nothing is kept of hosts that were called once, however their calls ended. HttpCore's own pool kept all of them. */
@Tag("G8")
class RoutePoolsTest {
    private static final int HOSTS = 500;
    private static final int CALLS = 4;

    private final ConsumerServer consumer = ConsumerServer.start();
    private final WebhookClient client = Clients.client(
            factory -> {
                factory.maxInFlight = CALLS;
                factory.keepAlive = Duration.seconds(20);
            },
            host -> new InetAddress[] {InetAddress.getLoopbackAddress()});

    @AfterEach
    void close() {
        client.close();
        consumer.close();
    }

    @Test
    void thereAreNoMoreThanConnections() {
        for (int i = 0; i < HOSTS; i++) {
            assertThat(send("kept" + i).delivered()).isTrue();
            assertThat(client.routes()).isLessThanOrEqualTo(3 * CALLS);
        }
        assertThat(client.routes()).isGreaterThanOrEqualTo(CALLS);
        consumer.closeConnections();
        await().until(() -> client.routes() == 0);
    }

    @Test
    void connectionsThatAreTooOldAreForgotten() {
        try (WebhookClient brief = Clients.client(factory -> factory.keepAlive = Duration.milliseconds(100))) {
            CountDownLatch gate = new CountDownLatch(1);
            consumer.otherwise(Behavior.gated(gate, Behavior.status(200)));
            CompletableFuture<Outcome> call = brief.send(Clients.call(consumer.url("/"), Clients.LONG));
            await().until(() -> consumer.requests().size() == 1);
            assertThat(brief.routes()).isEqualTo(1);
            gate.countDown();
            assertThat(Clients.await(call).delivered()).isTrue();
            await().until(() -> brief.routes() == 0);
        }
    }

    /** Nobody asks for their connections again, which would show that they are closed. */
    @Test
    void hostsThatCloseTheirConnectionsAreForgotten() {
        consumer.otherwise((request, connection) -> {
            connection.write("HTTP/1.1 204 No Content\r\n\r\n");
            connection.close();
        });
        for (int i = 0; i < HOSTS; i++) {
            assertThat(send("closing" + i).delivered()).isTrue();
            assertThat(client.routes()).isLessThanOrEqualTo(3 * CALLS);
        }
        await().until(() -> client.routes() == 0);
    }

    @Test
    void hostsThatTakeNoConnectionAreForgotten() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        for (int i = 0; i < HOSTS; i++) {
            String url = "http://closed" + i + ".test:" + port + "/";
            assertThat(Clients.send(client, Clients.call(url, Clients.LONG)).reason())
                    .isEqualTo("connect");
            assertThat(client.routes()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void hostsWhoseCallsTimeOutAreForgotten() {
        consumer.otherwise(Behavior.hang());
        for (int round = 0; round < 3; round++) {
            int offset = round * CALLS;
            List<CompletableFuture<Outcome>> calls = IntStream.range(0, CALLS)
                    .mapToObj(i -> client.send(Clients.call(url("hung" + (offset + i)), Clients.SHORT)))
                    .toList();
            assertThat(calls)
                    .allSatisfy(call -> assertThat(Clients.await(call).reason()).isEqualTo("timeout"));
        }
        await().until(() -> client.routes() == 0);
    }

    /** Those that wait for a connection of their host, too: the limit of connections is passed over by nobody. */
    @Test
    void callsThatGaveUpWaitingLeaveNothing() {
        consumer.otherwise(Behavior.hang());
        try (WebhookClient narrow = Clients.client(factory -> factory.maxConnectionsPerRoute = 2)) {
            List<CompletableFuture<Outcome>> calls = IntStream.range(0, 20)
                    .mapToObj(i -> narrow.send(Clients.call(consumer.url("/"), Clients.SHORT)))
                    .toList();
            assertThat(calls).allSatisfy(call -> assertThat(Clients.await(call)).isInstanceOf(Outcome.TimedOut.class));
            await().until(() -> narrow.routes() == 0);
            assertThat(consumer.requests()).as("the others only waited").hasSizeLessThan(20);
        }
    }

    @Test
    void aHostThatIsCalledAgainKeepsItsConnection() {
        for (int i = 0; i < 20; i++) {
            assertThat(send("same").delivered()).isTrue();
        }
        assertThat(consumer.connections()).isLessThanOrEqualTo(2);
        assertThat(client.routes()).isEqualTo(1);
    }

    private Outcome send(String host) {
        return Clients.send(client, Clients.call(url(host), Clients.LONG));
    }

    private String url(String host) {
        return "http://" + host + ".test:" + consumer.port() + "/";
    }
}
