package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** Hosts of callbacks that old and new rules read as different names: refused, or failed where they are stored already. */
class CallbackHostTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private LocalBroker broker;

    @BeforeEach
    void start() {
        broker = LocalBroker.start(mariaDb, "retry.maxRetries=0");
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void isRefusedWithTheWayOut() {
        broker.client().put("/channel/c", "token=ct");
        Answer refused = put("https://fa\u00df.test/hook");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).startsWith("Bad Request: `callbackUrl`: ").contains("write it as xn--...");
        assertThat(broker.client().get("/channel/c/consumer/k").status()).isEqualTo(404);

        assertThat(put("https://xn--fa-hia.test/hook").status()).isEqualTo(200);
        String since = broker.client().get("/channel/c/consumer/k").header("Last-Modified");
        assertThat(put("https://b\u00fc\u200dcher.test/", "If-Unmodified-Since: " + since)
                        .status())
                .isEqualTo(400);
        assertThat(put("https://B\u00fccher.test/", "If-Unmodified-Since: " + since)
                        .status())
                .isEqualTo(200);
    }

    /** As an earlier version has stored it. */
    @Test
    void whatIsStoredAlreadyFailsWithTheReason() {
        ApiClient api = broker.api();
        try (ConsumerServer consumer = ConsumerServer.start()) {
            api.register("c", "healthy", consumer.url("/hook"));
            api.subscribe("c", "old", "http://127.0.0.1:1/");
            mariaDb.database().inTransaction(handle -> {
                handle.execute("UPDATE registry_version SET version = version + 1");
                return handle.execute(
                        "UPDATE consumer SET callback_url = ? WHERE public_id = 'old'", "http://fa\u00df.test/");
            });
            await().until(() -> api.get("/channel/c/consumer/old").contains("fa\u00df.test"));

            assertThat(api.broadcast("c", "m1", "hello").join()).isEqualTo(201);

            await().until(() -> mariaDb.sql().count("dead_job", "reason = 'bad-url'") == 1);
            assertThat(mariaDb.sql().textOf("SELECT detail FROM dead_job")).contains("write it as xn--...");
            await().until(() -> consumer.requests("/hook").size() == 1);
            assertThat(api.get("/_status")).contains("fa\u00df.test");
            assertThat(broker.admin().get("/healthcheck")).doesNotContain("\"healthy\":false");
        }
    }

    private Answer put(String url, String... headers) {
        String form = "token=kt&callbackUrl=" + URLEncoder.encode(url, StandardCharsets.UTF_8);
        return broker.client().put("/channel/c/consumer/k", form, headers);
    }
}
