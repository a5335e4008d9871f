package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.signature.GatewaySignature;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Seed;

/** The whole broker with seed data and a gateway that asks for signatures, both given as environment variables would give them. */
class ConfiguredBrokerTest {
    private static final String SECRET = "c2VjcmV0";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private LocalBroker broker;

    @BeforeEach
    void start() throws Exception {
        String shipped = Files.readString(Path.of("..", "config.yml"))
                .replace("${SEED_PRODUCERS:-[]}", "[{id: shop, token: \"0123\"}]")
                .replace("${SEED_CHANNELS:-[]}", "[{id: orders, token: ct}]")
                .replace(
                        "${SEED_CONSUMERS:-[]}",
                        "[{id: billing, channel: orders, callbackUrl: \"http://127.0.0.1:1/\", token: kt, type: pull}]")
                .replace("${GATEWAY_AUTH_MODE:-none}", "hmac")
                .replace("${GATEWAY_AUTH_SECRET:-}", SECRET);
        broker = LocalBroker.on(mariaDb)
                .configuredBy(Files.writeString(folder.resolve("config.yml"), shipped))
                .start();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void isInitializedAsksForSignaturesAndPurges() throws Exception {
        ApiClient open = broker.api();
        await().until(() -> open.get("/_status").contains("\"AppStatus\":3"));
        assertThat(open.get("/_status")).contains("shop", "orders", "billing").doesNotContain("0123");
        assertThat(broker.admin().get("/healthcheck")).contains("\"loop-seed\":{\"healthy\":true");
        assertThat(send("POST", "/channel/orders/broadcast", "hi", false).statusCode())
                .isEqualTo(401);
        assertThat(send("POST", "/channel/orders/broadcast", "hi", true).statusCode())
                .isEqualTo(201);

        Consumer consumer = new Registry(mariaDb.database())
                .refresh()
                .consumers()
                .iterator()
                .next();
        new Seed(mariaDb.database()).dead(consumer.channel().id(), consumer.id(), 2, "status-500", Instant.EPOCH);
        String dlq = "/channel/orders/consumer/billing/dlq";
        assertThat(send("GET", "/dlq-status", "", true).body()).contains("\"deadCount\":2}]");
        assertThat(send("DELETE", dlq, "", true).body()).isEqualTo("{\"deletedCount\":2}\n");
        String series = "dead_job_count{channel=\"orders\",consumer=\"" + consumer.id() + "\"} 0.0";
        await().until(() -> open.get("/metrics").contains(series));
    }

    private HttpResponse<String> send(String method, String path, String body, boolean signed)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + broker.port() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("X-Broker-Channel-Token", "ct")
                .header("X-Broker-Producer-ID", "shop")
                .header("X-Broker-Producer-Token", "0123")
                .header("X-Broker-Consumer-Token", "kt");
        if (signed) {
            request.header(
                    "X-Broker-Signature",
                    GatewaySignature.of(SECRET).header(Instant.now(), body.getBytes(StandardCharsets.UTF_8)));
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
