package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

class BrokerApplicationTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final ConsumerServer consumer = ConsumerServer.start();
    private LocalBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = LocalBroker.start(mariaDb);
    }

    @AfterEach
    void stop() {
        broker.close();
        consumer.close();
    }

    @Test
    void deliversWhatItAccepts() {
        ApiClient api = broker.api();
        ApiClient admin = broker.admin();
        api.register("c", "k", consumer.url("/k"));

        assertThat(api.broadcast("c", "m1", "hello").join()).isEqualTo(201);

        await().until(() -> consumer.requests("/k").size() == 1);
        await().until(() -> api.get("/channel/c/message/m1").contains("DELIVERED"));
        assertThat(api.get("/_status")).contains("\"AppStatus\":3");
        assertThat(api.get("/job-status")).contains("1003");
        assertThat(api.get("/metrics")).contains("queued_job_count");
        // It is counted after the commit that shows it.
        await().until(
                        () -> admin.get("/prometheus"),
                        text -> text.contains("webhook_broker_settlements_total{state=\"delivered\"} 1.0"));
        assertThat(admin.get("/healthcheck"))
                .doesNotContain("\"healthy\":false")
                .contains("loop-registry", "loop-heartbeat", "loop-settle", "loop-lease", "loop-rescue")
                .contains("loop-lost-and-found", "loop-pull-expiry", "loop-pull-wait", "loop-intake-1")
                .contains("loop-schedule-1", "loop-promotion", "loop-seed", "loop-gauges");
        assertThat(admin.post("/tasks/accounting")).contains("c");
    }
}
