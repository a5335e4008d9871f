package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** What boards and alerts find from the start, before anything has happened. */
final class ShownMetricsTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    @Test
    void seriesThatAreKnownBeginAtZeroAndConsumersHaveTheirNames() {
        try (ConsumerServer consumer = ConsumerServer.start();
                LocalBroker broker = LocalBroker.start(mariaDb, "dispatch.maxBytesInMemory=32MiB")) {
            // A scrape waits for a second, and shows what was read last if that is not enough.
            await().untilAsserted(() -> assertThat(broker.admin().get("/prometheus"))
                    .contains(
                            "webhook_broker_settlements_total{state=\"stale\"} 0.0",
                            "webhook_broker_pull_jobs_total{event=\"timed_out\"} 0.0",
                            "webhook_broker_quota_refusals_total{quota=\"channel\"} 0.0",
                            "webhook_broker_attempt_seconds_count{reason=\"connect-timeout\"} 0",
                            "webhook_broker_dispatch_bytes_limit 3.3554432E7",
                            "webhook_broker_healthy{check=\"loop-settle\"} 1.0",
                            "webhook_broker_healthy{check=\"oldest-due-job\"} 1.0",
                            "webhook_broker_database_oldest_transaction_seconds ",
                            "webhook_broker_database_history_list_length ")
                    .doesNotContain("check=\"database\"", "webhook_broker_consumer_info{"));

            broker.api().register("c", "billing", consumer.url("/k"));
            assertThat(broker.api().broadcast("c", "m1", "{}").join()).isEqualTo(201);
            await().untilAsserted(
                            () -> assertThat(broker.admin().get("/prometheus"))
                                    .containsPattern(
                                            "webhook_broker_consumer_info\\{channel=\"c\",consumer=\"[0-9a-v]{20}\",id=\"billing\"} 1"));
        }
    }
}
