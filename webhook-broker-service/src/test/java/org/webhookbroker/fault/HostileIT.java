package org.webhookbroker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;

/**
 * The packaged broker with 256 MiB of heap, under an ordinary load, first alone and then beside hostile consumers and clients: no
 * message of the load is lost, the node lives, its log stays small. {@code -Dsoak.minutes} makes it longer, and then the time from
 * sending to arrival may at most double.
 */
@Tag("G6")
@Tag("G8")
@Tag("slow")
class HostileIT {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final int MINUTES = Integer.getInteger("soak.minutes", 0);
    private static final Duration PHASE = MINUTES == 0 ? Duration.ofSeconds(8) : Duration.ofSeconds(30L * MINUTES);
    private static final int PER_SECOND = 50;
    private static final long LONGEST_LOG = 1 << 20;

    private final ConcurrentMap<String, Long> sentAt = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Boolean> arrived = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();
    private Histogram latencies = new ConcurrentHistogram(3);

    @Test
    void theOrdinaryLoadIsServedBesideHostileConsumersAndClients() {
        try (ConsumerServer healthy = ConsumerServer.start().withoutRecording();
                HostileConsumers hostile = new HostileConsumers();
                BrokerProcess broker = BrokerProcess.start(mariaDb, "MAX_RETRIES=1", "RETRY_DELAYS=[1s]")) {
            healthy.on("/k", (request, connection) -> {
                arrived(request.header("X-Broker-Message-ID"));
                Behavior.status(204).answer(request, connection);
            });
            ApiClient api = new ApiClient(broker.url());
            api.register("c", "k", healthy.url("/k"));
            hostile.register(api);
            load(api, "warm", false);
            Histogram alone = load(api, "alone", false);
            Histogram beside;
            try (HostileClients clients = new HostileClients(broker.port())) {
                assertThat(clients).isNotNull();
                beside = load(api, "beside", true);
            }
            report(alone, beside, broker);

            assertThat(new ApiClient(broker.adminUrl()).get("/ping")).contains("pong");
            assertThat(broker.ranOutOfMemory()).isFalse();
            assertThat(broker.logged()).as("characters of the log").isLessThan(LONGEST_LOG);
            if (MINUTES > 0) {
                assertThat(beside.getValueAtPercentile(99)).isLessThan(2 * alone.getValueAtPercentile(99));
            }
        }
    }

    /** Sends at a steady rate, and returns once each message that was acknowledged has arrived. */
    private Histogram load(ApiClient api, String phase, boolean alsoHostile) {
        latencies = new ConcurrentHistogram(3);
        long end = System.nanoTime() + PHASE.toNanos();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; System.nanoTime() < end; i++) {
            String id = phase + "-" + i;
            sentAt.put(id, System.nanoTime());
            answers.add(api.broadcast("c", id, "{}").thenAccept(status -> {
                if (status != 201) {
                    refused.incrementAndGet();
                    sentAt.remove(id);
                }
            }));
            if (alsoHostile && i % (PER_SECOND / 5) == 0) {
                answers.add(api.broadcast(HostileConsumers.CHANNEL, "h-" + i, "{}"));
            }
            await().pollDelay(1000 / PER_SECOND, TimeUnit.MILLISECONDS)
                    .pollInterval(1, TimeUnit.MILLISECONDS)
                    .until(() -> true);
        }
        answers.forEach(CompletableFuture::join);
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(sentAt.keySet().stream().filter(id -> !arrived.containsKey(id)))
                        .as("lost")
                        .isEmpty());
        return latencies;
    }

    private void arrived(String id) {
        if (arrived.put(id, true) == null) {
            latencies.recordValue((System.nanoTime() - sentAt.getOrDefault(id, System.nanoTime())) / 1000);
        }
    }

    private void report(Histogram alone, Histogram beside, BrokerProcess broker) {
        System.out.printf(
                "%,d messages, none lost, %d refused; from sending to arrival: alone p50 %.1f ms, p99 %.1f ms,"
                        + " beside hostile ones p50 %.1f ms, p99 %.1f ms; log %,d characters%n",
                sentAt.size(),
                refused.get(),
                alone.getValueAtPercentile(50) / 1e3,
                alone.getValueAtPercentile(99) / 1e3,
                beside.getValueAtPercentile(50) / 1e3,
                beside.getValueAtPercentile(99) / 1e3,
                broker.logged());
    }
}
