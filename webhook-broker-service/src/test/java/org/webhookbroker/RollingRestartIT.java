package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Balancer;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.Http2Client;
import org.webhookbroker.testing.MariaDbExtension;

/** Nodes are restarted in turn behind a balancer that asks for {@code /ready}: producers that try nothing twice see no failure. */
@Tag("G1")
@Tag("slow")
final class RollingRestartIT {
    /** The balancer notices within 0.6 s. */
    private static final String DRAIN = "DRAIN=2s";

    private static final int ROUNDS = 2;
    /** Producers of each protocol, with a connection each. */
    private static final int OF_EACH = 4;

    private static final Duration PACE = Duration.ofMillis(20);

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** Sends one message, and returns the status of its answer. */
    private interface Producer {
        int send(String id) throws IOException, InterruptedException;
    }

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sent = new AtomicInteger();

    @Test
    void noRequestFailsWhileBothNodesAreRestartedTwice() throws Exception {
        try (ConsumerServer consumer = ConsumerServer.start();
                Balancer balancer = Balancer.start()) {
            BrokerProcess[] nodes = {start(), start()};
            try {
                for (BrokerProcess node : nodes) {
                    balancer.add(node);
                }
                awaitBoth(balancer);
                new ApiClient("http://127.0.0.1:" + balancer.port()).register("c", "k", consumer.url("/k"));
                restartUnderLoad(nodes, balancer);
                assertThat(failures).isEmpty();
                assertThat(acknowledged).hasSize(sent.get()).hasSizeGreaterThan(1000);
                await().atMost(Duration.ofMinutes(1))
                        .untilAsserted(() -> assertThat(missing(consumer)).isEmpty());
            } finally {
                for (BrokerProcess node : nodes) {
                    node.close();
                }
            }
        }
    }

    private void restartUnderLoad(BrokerProcess[] nodes, Balancer balancer) throws InterruptedException {
        ScheduledExecutorService producers = Executors.newScheduledThreadPool(2 * OF_EACH);
        for (int i = 0; i < OF_EACH; i++) {
            begin(producers, http1(balancer), "http1");
            begin(producers, http2(balancer), "http2");
        }
        try {
            for (int i = 0; i < ROUNDS * nodes.length; i++) {
                int which = i % nodes.length;
                assertThat(nodes[which].stop()).isEqualTo(143);
                balancer.remove(nodes[which]);
                nodes[which] = start();
                balancer.add(nodes[which]);
                awaitBoth(balancer);
            }
        } finally {
            producers.shutdown();
            assertThat(producers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    /** One request at a time; one that takes longer than its turn holds up the next. */
    private void begin(ScheduledExecutorService producers, Producer producer, String name) {
        Future<?> unused =
                producers.scheduleAtFixedRate(() -> send(producer, name), 0, PACE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static BrokerProcess start() {
        return BrokerProcess.start(mariaDb, DRAIN);
    }

    private static void awaitBoth(Balancer balancer) {
        await().atMost(Duration.ofMinutes(1)).until(() -> balancer.ready() == 2);
    }

    private void send(Producer producer, String name) {
        String id = name + "-" + sent.incrementAndGet();
        try {
            int status = producer.send(id);
            if (status == 201) {
                acknowledged.add(id);
            } else {
                failures.add(id + ": " + status);
            }
        } catch (IOException | InterruptedException failure) {
            failures.add(id + ": " + failure);
        }
    }

    private Set<String> missing(ConsumerServer consumer) {
        Set<String> missing = new HashSet<>(acknowledged);
        consumer.requests("/k").forEach(request -> missing.remove(request.header("X-Broker-Message-ID")));
        return missing;
    }

    private static Map<String, String> head(String id) {
        return Map.of(
                "x-broker-channel-token", "ct",
                "x-broker-producer-id", "p",
                "x-broker-producer-token", "pt",
                "x-broker-message-id", id);
    }

    private static Producer http1(Balancer balancer) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        URI uri = URI.create("http://127.0.0.1:" + balancer.port() + "/channel/c/broadcast");
        return id -> {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString("{}"));
            head(id).forEach(request::header);
            return client.send(request.build(), BodyHandlers.discarding()).statusCode();
        };
    }

    private static Producer http2(Balancer balancer) {
        Http2Client client = new Http2Client(balancer.port());
        return id -> client.post("/channel/c/broadcast", head(id), "{}");
    }
}
