package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestKeys;

/** Quotas where there are keys: a payload of the largest size, and then a byte a second. */
final class KeyQuotaTest {
    private static final int LARGEST = 40_000;
    private static final String BODY = "x".repeat(LARGEST - 10);
    private static final String[] TOKENS = {"X-Broker-Channel-Token: t", "X-Broker-Producer-Token: t"};

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final TestKeys keys = new TestKeys(mariaDb);
    private LocalBroker broker;
    private String anyProducer;
    private String onlyShop;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        String admin = TestKeys.header(keys.add("admin"));
        anyProducer = TestKeys.header(keys.add("broadcast"));
        onlyShop = TestKeys.header(keys.add("broadcast", "orders", "shop"));
        String configuration = Files.readString(Path.of("..", "config.yml"))
                .replace("${QUOTA_KEYS:-[]}", "[{bytes: 1B}]")
                .replace("${QUOTA_PRODUCERS:-[]}", "[{bytes: 1B}]");
        broker = LocalBroker.on(mariaDb)
                .configuredBy(Files.writeString(folder.resolve("config.yml"), configuration))
                .start("auth.mode=keys", "intake.maxPayload=" + LARGEST + "B");
        for (String path : List.of("/producer/shop", "/producer/other", "/channel/orders")) {
            assertThat(broker.client().put(path, "token=t", admin).status()).isEqualTo(200);
        }
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Answer broadcast(String producer, String... headers) {
        return broker.client()
                .send(
                        "POST /channel/orders/broadcast",
                        BODY,
                        Stream.concat(Stream.of(headers), Stream.of("X-Broker-Producer-ID: " + producer))
                                .toArray(String[]::new));
    }

    @Test
    @Tag("G6")
    void aKeyHasOneQuotaWhateverProducerItSendsForAndUsesUpNoneOfTheirs() {
        assertThat(broadcast("shop", anyProducer).status()).isEqualTo(201);
        for (String producer : List.of("shop", "other")) {
            Answer refused = broadcast(producer, anyProducer);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.body()).contains("each node takes 1 bytes a second of the key `");
        }
        assertThat(broadcast("shop", TOKENS).status()).isEqualTo(201);
        assertThat(broadcast("shop", TOKENS).body()).contains("of the producer `shop`");
    }

    @Test
    void aKeyForOneProducerUsesTheQuotaOfThatProducer() {
        assertThat(broadcast("shop", onlyShop).status()).isEqualTo(201);
        assertThat(broadcast("shop", TOKENS).body()).contains("of the producer `shop`");
        assertThat(broadcast("other", TOKENS).status()).isEqualTo(201);
    }
}
