package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.webhookbroker.contract.Expected.json;
import static org.webhookbroker.contract.Expected.status;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.RawClient;

/** Contract 8: status and metrics. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class StatusContractTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    private final RawClient client = contract.client();

    @Test
    @Order(1)
    @DisplayName("8.2: without jobs it is {}")
    void noJobs() {
        json("{}").check(client.get("/job-status"));
    }

    @Test
    @DisplayName("8.2: jobs by channel, internal id of the consumer, and state")
    void jobStatus() {
        String c = contract.channel();
        contract.push(c, "delivered", Behavior.status(200));
        contract.push(c, "dead", Behavior.status(500));
        contract.awaitStates(contract.message(c, "m1"), "DEAD", "DELIVERED");
        contract.awaitStates(contract.message(c, "m2"), "DEAD", "DELIVERED");
        String two = "\"count\":2,\"oldestItemTimestamp\":\"<time>\",\"newestItemTimestamp\":\"<time>\"}]";
        json("{\"" + c.substring("/channel/".length()) + "\":{\"<id>\":[{\"status\":1003," + two
                        + ",\"<id>\":[{\"status\":1004," + two + "}}")
                .check(client.get("/job-status"));
    }

    @Test
    @DisplayName("8.1: what is registered; 0: without tokens")
    void status81() {
        String c = contract.channel();
        contract.pull(c, "k");
        String channel = c.substring("/channel/".length());
        status(200)
                .has("Content-Type", "application/json")
                .contains("\"AppStatus\":3")
                .contains("\"Producers\":[{\"ID\":\"p1\",\"Name\":\"Prod\"}]")
                .contains("{\"ID\":\"" + channel + "\",\"Name\":\"Chan\"}")
                .contains("\"CallbackURL\":{\"Scheme\":\"http\",\"Opaque\":\"\",\"User\":null,\"Host\":\"127.0.0.1:"
                        + contract.consumers().port() + "\",\"Path\":\"" + c
                        + "/consumer/k\",\"RawPath\":\"\",\"OmitHost\":false,\"ForceQuery\":false,\"RawQuery\":\"\",\"Fragment\":\"\","
                        + "\"RawFragment\":\"\"},\"Channel\":\"" + channel + "\",\"Type\":\"pull\"}")
                .and(answer -> assertThat(answer.body()).doesNotContain("Token", "\"ct\"", "\"pt\"", "\"kt\""))
                .check(client.get("/_status"));
    }

    @Test
    @DisplayName("8.3: Prometheus text with queued_job_count")
    void metrics() {
        status(200)
                .has("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                .contains(
                        "# HELP queued_job_count The current number of jobs in the queue\n# TYPE queued_job_count gauge\n"
                                + "queued_job_count ")
                .contains("process_cpu_seconds_total")
                .contains("process_open_fds")
                .contains("process_max_fds")
                .contains("process_resident_memory_bytes")
                .contains("process_virtual_memory_bytes")
                .contains("process_start_time_seconds")
                .check(client.get("/metrics"));
    }
}
