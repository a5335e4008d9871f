package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** Calls that are still being made, as those whose signature takes long. */
@Tag("G6")
final class UnfinishedCallTest {
    private final ConsumerServer consumer = ConsumerServer.start();
    private final WebhookClient client = Clients.client(factory -> factory.maxConnectionsPerRoute = 2);
    private final CompletableFuture<Call> call = new CompletableFuture<>();

    @AfterEach
    void stop() {
        client.close();
        consumer.close();
    }

    @Test
    void theyHaveTheirShareFromTheBegin() {
        consumer.otherwise(Behavior.status(204));
        String url = consumer.url("/");
        CompletableFuture<Outcome> first = client.send(url, call);
        CompletableFuture<Outcome> second = client.send(url, call);
        assertThat(client.hasRoom(url, 0)).isFalse();

        call.complete(Clients.call(url, Clients.LONG));
        assertThat(Clients.await(first).delivered()).isTrue();
        assertThat(Clients.await(second).delivered()).isTrue();
        assertThat(client.hasRoom(url, 0)).isTrue();
    }

    @Test
    void whatCannotBeMadeGivesItsShareBack() {
        CompletableFuture<Outcome> outcome = client.send(consumer.url("/"), call);
        call.completeExceptionally(new IllegalStateException("no key"));

        assertThat(outcome).isCompletedExceptionally();
        assertThat(client.inFlight()).isZero();
    }
}
