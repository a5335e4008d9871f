package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** The whole broker while consumers and the database go away and come back. */
@Tag("slow")
class OutageTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** G1, G8, G9: all that was acknowledged arrives, and all memory that was reserved is given back. */
    @Test
    @Tag("G1")
    @Tag("G8")
    @Tag("G9")
    void afterAnOutageOfBothNothingIsLostAndNoMemoryStaysReserved() throws Exception {
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        try (ConsumerServer consumer = ConsumerServer.start();
                LocalBroker broker = LocalBroker.start(mariaDb, "retry.delays[0]=100ms")) {
            ApiClient api = broker.api();
            api.register("c", "k", consumer.url("/k"));
            consumer.on("/k", Behavior.hang());
            send(api, "before", acknowledged).join();
            assertThat(acknowledged).hasSize(60);
            // At once, or by a lease where the lane's first look came later than the messages.
            await().until(() -> gauge(broker, "webhook_broker_dispatch_bytes") > 0);

            mariaDb.kill();
            CompletableFuture<Void> meanwhile = send(api, "meanwhile", acknowledged);
            consumer.on("/k", Behavior.status(200));
            consumer.closeConnections();
            meanwhile.join();
            send(api, "after", acknowledged).join();

            await().until(() -> missing(acknowledged, consumer).isEmpty());
            await().ignoreExceptions().until(() -> jobs() == 0);
            await().until(() -> gauge(broker, "webhook_broker_dispatch_bytes") == 0
                    && gauge(broker, "webhook_broker_intake_bytes") == 0);
            // While it is red the status is 500.
            await().ignoreExceptions()
                    .until(() -> !broker.admin().get("/healthcheck").isEmpty());
        }
    }

    /** More than the lane's own memory holds, so that it takes of the shared one. */
    private static CompletableFuture<Void> send(ApiClient api, String prefix, Set<String> acknowledged) {
        return CompletableFuture.allOf(IntStream.range(0, 60)
                .mapToObj(i -> prefix + i)
                .map(id -> api.broadcast("c", id, "x".repeat(20_000)).thenAccept(status -> {
                    if (status == 201) {
                        acknowledged.add(id);
                    }
                }))
                .toArray(CompletableFuture[]::new));
    }

    private static Set<String> missing(Set<String> acknowledged, ConsumerServer consumer) {
        Set<String> missing = new HashSet<>(acknowledged);
        consumer.requests("/k").forEach(request -> missing.remove(request.header("X-Broker-Message-ID")));
        return missing;
    }

    private static long jobs() {
        return mariaDb.sql().count("job");
    }

    private static double gauge(LocalBroker broker, String name) {
        return broker.admin()
                .get("/prometheus")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }
}
