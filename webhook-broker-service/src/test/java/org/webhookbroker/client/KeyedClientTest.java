package org.webhookbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.TestKeys;

/** The client with a key in place of tokens, against a broker that wants keys. */
final class KeyedClientTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    private static LocalBroker broker;
    private static String broadcast;
    private static String consume;

    @BeforeAll
    static void start() {
        TestKeys keys = new TestKeys(mariaDb);
        broadcast = keys.add("broadcast", "orders");
        consume = keys.add("consume", "orders");
        String admin = keys.add("admin");
        broker = LocalBroker.start(mariaDb, "auth.mode=keys");
        RawClient client = broker.client().adding(TestKeys.header(admin));
        client.put("/producer/shop", "");
        client.put("/channel/orders", "");
        client.put("/channel/orders/consumer/billing", "type=pull&callbackUrl=http://host/");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static BrokerClientBuilder client() {
        return BrokerClient.of(URI.create("http://127.0.0.1:" + broker.port()));
    }

    @Test
    void broadcastsAndTakesJobsByIdsAlone() throws Exception {
        List<Message> messages = IntStream.range(0, 20)
                .mapToObj(i -> Message.of("m" + i, "text/plain", "hi".getBytes(StandardCharsets.UTF_8)))
                .toList();
        CountDownLatch handled = new CountDownLatch(messages.size());
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try (BrokerClient sender = client().key(broadcast).build();
                BrokerClient receiver = client().key(consume).build()) {
            Producer shop = sender.producer("orders", "shop");
            assertThat(shop.broadcastAll(messages)).allMatch(BatchResult::isStored);
            shop.schedule(
                    Message.of("later", "text/plain", new byte[] {1}),
                    Instant.now().plus(1, ChronoUnit.DAYS));
            shop.cancel("later");
            receiver.pull("orders", "billing").start(executor, job -> handled.countDown());
            assertThat(handled.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void aKeyThatDoesNotDoIsRefusedAtOnce() {
        Message message = Message.of("refused", "text/plain", new byte[] {1});
        try (BrokerClient wrong = client().key("whb_wrong-key").build();
                BrokerClient other = client().key(consume).build()) {
            assertThatThrownBy(() -> wrong.producer("orders", "shop").broadcast(message))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("401")
                    .hasMessageNotContaining("whb_wrong-key");
            assertThatThrownBy(() -> other.producer("orders", "shop").broadcast(message))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("403");
        }
    }

    @Test
    void withoutAKeyIdsAreNotEnough() {
        try (BrokerClient client = client().build()) {
            assertThatThrownBy(() -> client.producer("orders", "shop"))
                    .hasMessageContaining("neither tokens nor a key");
            assertThatThrownBy(() -> client.pull("orders", "billing")).hasMessageContaining("neither tokens nor a key");
        }
    }
}
