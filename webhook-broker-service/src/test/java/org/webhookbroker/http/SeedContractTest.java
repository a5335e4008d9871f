package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.seed.SeedEntry;
import org.webhookbroker.seed.SeedFactory;
import org.webhookbroker.testing.MariaDbExtension;

/** Contract 8.1 and 10, as clients see it. */
final class SeedContractTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void theStatusShowsWhenTheSeedIsApplied() throws Exception {
        try (TestNode node = new TestNode(mariaDb.database()).started()) {
            Requests requests = new Requests(node);
            JsonNode before = requests.json("/_status");
            assertThat(before.path("AppStatus").asInt()).isEqualTo(1);
            assertThat(before.path("SeedData").path("DataHash").asText()).isEmpty();
            SeedFactory seed = new SeedFactory();
            seed.producers = List.of(new SeedEntry("seeded", "Seeded", "s3cret"));
            BackgroundLoop loop =
                    seed.build(node.database, node.incarnation, node.broker.stores, node.broker.callbacks);
            loop.start();
            try {
                await().until(() -> requests.json("/_status").path("AppStatus").asInt() == 3);
            } finally {
                loop.stop();
            }
            JsonNode data = requests.json("/_status").path("SeedData");
            assertThat(data.path("DataHash").asText()).matches("[A-Za-z0-9+/]{43}=");
            assertThat(data.path("Producers").toString()).contains("{\"ID\":\"seeded\",\"Name\":\"Seeded\"}");
            assertThat(requests.get("/_status").body()).doesNotContain("s3cret");
            assertThat(requests.broadcast("hi", "X-Broker-Producer-ID", "seeded", "X-Broker-Producer-Token", "s3cret")
                            .statusCode())
                    .isEqualTo(201);
        }
    }
}
