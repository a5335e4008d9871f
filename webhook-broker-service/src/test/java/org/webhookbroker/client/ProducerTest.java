package org.webhookbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.ReceivedRequest;

/** Producers, with the real broker. */
@Tag("slow")
final class ProducerTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    private static final ConsumerServer consumer = ConsumerServer.start();
    private static LocalBroker broker;

    private final BrokerClient client = client();
    private final Producer producer = client.producer(new Credential("c", "ct"), new Credential("p", "pt"));

    @BeforeAll
    static void start() {
        broker = LocalBroker.start(mariaDb);
        broker.api().register("c", "k", consumer.url("/hook"));
    }

    @AfterAll
    static void stop() {
        broker.close();
        consumer.close();
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static BrokerClient client() {
        return BrokerClient.of(URI.create("http://127.0.0.1:" + broker.port() + "/"))
                .build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aMessageArrivesAsItWasGiven() throws Exception {
        byte[] payload = {0, -1, 10, 13};
        Message message = Message.of("as-given/1", "Text/Odd; a=\"b\"", payload)
                .withPriority(7)
                .withMetadata(Map.of("traceparent", "00-a", "x-Foo", "a  b"));

        BroadcastResult result = producer.broadcast(message);
        BroadcastResult again = producer.broadcast(message);

        assertThat(result).isEqualTo(new BroadcastResult("as-given/1", false, 1));
        assertThat(again).isEqualTo(new BroadcastResult("as-given/1", true, 1));
        ReceivedRequest request = await().until(() -> received("as-given/1"), found -> !found.isEmpty())
                .get(0);
        assertThat(request.body()).isEqualTo(payload);
        assertThat(request.header("Content-Type")).isEqualTo("Text/Odd; a=\"b\"");
        assertThat(request.header("X-Broker-Message-Priority")).isEqualTo("7");
        assertThat(request.header("X-Broker-Metadata-Headers")).isEqualTo("traceparent,x-Foo");
        assertThat(request.header("x-foo")).isEqualTo("a  b");
    }

    @Test
    void anIdThatWasMadeStaysThatOfTheMessage() throws Exception {
        Message message = Message.of("text/plain", bytes("x"));
        assertThat(producer.broadcast(message).messageId()).isEqualTo(message.id());
        assertThat(producer.broadcast(message).duplicate()).isTrue();
        assertThat(Message.of("text/plain", bytes("x")).id()).isNotEqualTo(message.id());
    }

    @Test
    void aRefusalSaysWhatTheBrokerSays() {
        Producer stranger = client.producer(new Credential("c", "wrong-token"), new Credential("p", "pt"));
        assertThatThrownBy(() -> stranger.broadcast(Message.of("m", "text/plain", bytes("x"))))
                .isInstanceOfSatisfying(BrokerException.class, refusal -> {
                    assertThat(refusal.status()).isEqualTo(403);
                    assertThat(refusal.text()).isEqualTo("channel token does not match");
                })
                .hasMessage("broadcast of m to c: 403 channel token does not match");
        Producer lost = client.producer(new Credential("no such/channel ü", "ct"), new Credential("p", "pt"));
        assertThatThrownBy(() -> lost.broadcast(Message.of("m", "text/plain", bytes("x"))))
                .hasMessageContaining("404");
    }

    /** Also of a payload that the broker does not read to its end. */
    @Test
    void aRefusalOfALargePayloadIsHeard() throws Exception {
        Producer stranger = client.producer(new Credential("c", "wrong-token"), new Credential("p", "pt"));
        for (int size : new int[] {1, Versions.LARGEST_BODY, Versions.LARGEST_BODY + 1, 1 << 20, 16 << 20}) {
            Message message = Message.of("m", "text/plain", new byte[size]);
            List<BatchResult> results = stranger.broadcastAll(List.of(message, message));
            assertThat(results)
                    .allSatisfy(result -> assertThat(result.failure())
                            .as("%d bytes", size)
                            .hasMessage("broadcast of m to c: 403 channel token does not match"));
            assertThat(client.versions().current()).isEqualTo(HttpClient.Version.HTTP_2);
        }
    }

    /** More messages than streams, of sizes for both versions of HTTP. */
    @Test
    void aBatchGoesByHttp2AndItsResultsComeInOrder() throws Exception {
        assertThat(producer.broadcast(Message.of("batch-7", "text/plain", bytes("first")))
                        .duplicate())
                .isFalse();
        List<Message> messages = IntStream.range(0, 500)
                .mapToObj(i -> Message.of("batch-" + i, "text/plain", new byte[i % 50 == 0 ? 70_000 : 1 + i]))
                .toList();

        List<BatchResult> results = producer.broadcastAll(messages);

        assertThat(results.stream().map(BatchResult::messageId))
                .containsExactlyElementsOf(messages.stream().map(Message::id).toList());
        assertThat(results).allMatch(BatchResult::isStored);
        assertThat(results.stream()
                        .filter(result -> result.result().duplicate())
                        .map(BatchResult::messageId))
                .containsExactly("batch-7");
        assertThat(client.versions().current()).isEqualTo(HttpClient.Version.HTTP_2);
        await().until(() ->
                Stream.of("batch-0", "batch-499").noneMatch(id -> received(id).isEmpty()));
        assertThat(received("batch-499").get(0).body()).hasSize(500);
    }

    @Test
    void oneFailureDoesNotStopTheOthers() throws Exception {
        byte[] tooLarge = new byte[16 << 20];
        List<BatchResult> results = producer.broadcastAll(List.of(
                Message.of("one-1", "text/plain", bytes("x")),
                Message.of("one-2", "text/plain", tooLarge),
                Message.of("one-3", "text/plain", bytes("x"))));
        assertThat(results.stream().map(BatchResult::isStored)).containsExactly(true, false, true);
        assertThat(results.get(1).failure().status()).isEqualTo(413);
    }

    @Test
    void aScheduledMessageIsKeptUntilItIsCancelled() throws Exception {
        Instant due = Instant.now().plus(1, ChronoUnit.HOURS).plusNanos(1);
        Message message = Message.of("later 1", "text/plain", bytes("x"));

        assertThat(producer.schedule(message, due).duplicate()).isFalse();
        assertThat(producer.schedule(message, due).duplicate()).isTrue();
        assertThat(broker.client().get("/channel/c/scheduled-message/later%201").field("status"))
                .isEqualTo("SCHEDULED");
        producer.cancel("later 1");
        producer.cancel("later 1");
        assertThat(broker.client().get("/channel/c/scheduled-message/later%201").field("status"))
                .isEqualTo("CANCELLED");

        assertThatThrownBy(() -> producer.cancel("never was"))
                .isInstanceOfSatisfying(
                        BrokerException.class,
                        refusal -> assertThat(refusal.status()).isEqualTo(404));
        assertThatThrownBy(() -> producer.schedule(Message.of("text/plain", bytes("x")), Instant.now()))
                .hasMessageContaining("412 scheduled time must be");
    }

    @Test
    void afterItIsClosedNothingIsSentAndItsThreadsEnd() throws Exception {
        producer.broadcast(Message.of("text/plain", bytes("x")));
        client.close();
        client.close();
        assertThatThrownBy(() -> producer.broadcast(Message.of("text/plain", bytes("x"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the client is closed");
        await().until(() -> {
            System.gc();
            return Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("webhook-broker-client"));
        });
    }

    private static List<ReceivedRequest> received(String id) {
        return consumer.requests("/hook").stream()
                .filter(request -> request.header("X-Broker-Message-ID").equals(id))
                .toList();
    }
}
