package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.testing.ConsumerServer;

/** Calls and connections together fit into the heap, however many hosts there are. */
@Tag("G8")
class OpenConnectionsTest {
    @Test
    void ofTheConnectionsToManyHostsOnlySomeRest() {
        List<ConsumerServer> consumers =
                IntStream.range(0, 6).mapToObj(i -> ConsumerServer.start()).toList();
        try (WebhookClient client = Clients.client(factory -> factory.maxInFlight = 2)) {
            for (ConsumerServer consumer : consumers) {
                send(client, consumer);
            }

            await().until(() -> open(consumers) == 2);
            consumers.get(0).closeConnections();
            await().until(() -> open(consumers) == 1);
            send(client, consumers.get(5));
            send(client, consumers.get(5));
            assertThat(consumers.get(5).connections()).isEqualTo(2);
            assertThat(open(consumers)).isEqualTo(2);
        } finally {
            consumers.forEach(ConsumerServer::close);
        }
    }

    @Test
    void thereAreAsManyCallsAsTheHeapBears() {
        assertThat(ClientBuilder.mostCalls(20_000, 256L << 20)).isEqualTo(2048);
        assertThat(ClientBuilder.mostCalls(20_000, 8L << 30)).isEqualTo(20_000);
        assertThat(ClientBuilder.mostCalls(1, 256L << 20)).isEqualTo(1);
        assertThat(ClientBuilder.mostCalls(20_000, 1)).isEqualTo(1);
    }

    private static void send(WebhookClient client, ConsumerServer consumer) {
        Outcome outcome = Clients.send(client, Clients.call(consumer.url("/"), Clients.LONG));
        assertThat(outcome.delivered()).isTrue();
    }

    private static int open(List<ConsumerServer> consumers) {
        return consumers.stream().mapToInt(ConsumerServer::openConnections).sum();
    }
}
