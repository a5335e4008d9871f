package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.RawClient;

/** Contract 8.3: what another answer has shown, a scrape that comes after it shows too. */
final class FreshMetricsTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    private final RawClient client = contract.client();

    /** Again and again, as it is the moment between the two that counts. */
    @Test
    @DisplayName("8.3: a dead job that /dlq-status shows is in the metrics too")
    void deadJobsAreInTheMetricsAtOnce() {
        String c = contract.channel();
        String consumer = contract.push(c, "dying", Behavior.status(500));
        for (int count = 1; count <= 3; count++) {
            contract.message(c, "m" + count);
            String dead = "\"consumerName\":\"Cons dying\",\"deadCount\":" + count;
            await().until(() -> client.get("/dlq-status").body().contains(dead));
            assertThat(client.get("/metrics").body())
                    .containsPattern("dead_job_count\\{channel=\"" + c.substring("/channel/".length())
                            + "\",consumer=\"[0-9a-v]{20}\"} " + count + "\\.0");
        }
        assertThat(client.get(consumer + "/dlq").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("8.3: so are jobs that wait")
    void queuedJobsAreInTheMetricsAtOnce() {
        String c = contract.channel();
        contract.pull(c, "waiting");
        contract.message(c, "m1");
        assertThat(client.get("/metrics").body())
                .contains("webhook_broker_live_jobs{channel=\"" + c.substring("/channel/".length()) + "\"");
    }
}
