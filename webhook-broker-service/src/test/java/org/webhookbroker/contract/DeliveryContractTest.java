package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ReceivedRequest;

/** Contract 5: what consumers get. */
@Tag("slow")
final class DeliveryContractTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker(
            "retry.delays=10ms", "retry.maxRetries=2", "retry.jitter=0", "dispatch.deliveryTimeout=1m");

    /** For what is never answered. With it, the others would fail whenever the machine stands still for a second. */
    @RegisterExtension
    static final ContractBroker impatient = new ContractBroker("dispatch.deliveryTimeout=1s");

    private static ReceivedRequest only(String consumer) {
        List<ReceivedRequest> requests =
                await().until(() -> contract.consumers().requests(consumer), all -> !all.isEmpty());
        assertThat(requests).hasSize(1);
        return requests.get(0);
    }

    @Test
    @DisplayName("5.1: POST with the payload and these headers")
    void request() {
        String channel = contract.channel();
        String k = contract.push(channel, "k", Behavior.status(200));
        contract.message(
                channel,
                "m1",
                "Content-Type: Text/Plain;x=\"y\"",
                "X-Broker-Message-Priority: 7",
                "X-Request-ID: of-the-producer");

        ReceivedRequest request = only(k);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(new String(request.body(), StandardCharsets.UTF_8)).isEqualTo("hi");
        assertThat(request.headers("Content-Length")).containsExactly("2");
        assertThat(request.headers("Content-Type")).containsExactly("Text/Plain;x=\"y\"");
        assertThat(request.headers("X-Broker-Message-Priority")).containsExactly("7");
        assertThat(request.headers("X-Broker-Channel-ID")).containsExactly(channel.substring("/channel/".length()));
        assertThat(request.headers("X-Broker-Consumer-ID")).containsExactly("k");
        assertThat(request.headers("X-Broker-Message-ID")).containsExactly("m1");
        assertThat(request.headers("X-Broker-Consumer-Token")).containsExactly("kt");
        assertThat(request.headers("User-Agent")).containsExactly("Webhook Message Broker");
        assertThat(request.headers("Accept-Encoding")).containsExactly("gzip");
        assertThat(request.headers("X-Broker-Metadata-Headers")).containsExactly("");
        assertThat(request.header("X-Request-ID")).matches("[0-9a-v]{19}[0g]");
        assertThat(request.header("X-Broker-Possible-Duplicate")).isNull();
        contract.awaitStates(channel + "/message/m1", "DELIVERED");
    }

    @Test
    @DisplayName("5.1: priority is always there; metadata headers are repeated, their names sorted")
    void metadata() {
        String channel = contract.channel();
        String k = contract.push(channel, "k", Behavior.status(200));
        contract.message(channel, "m1", "X-Broker-Metadata-Headers: x-b,X-A", "X-A: 1", "X-B: 2");

        ReceivedRequest request = only(k);
        assertThat(request.headers("X-Broker-Message-Priority")).containsExactly("0");
        assertThat(request.headers("X-A")).containsExactly("1");
        assertThat(request.headers("X-B")).containsExactly("2");
        assertThat(request.headers("X-Broker-Metadata-Headers")).containsExactly("X-A,x-b");
    }

    @Test
    @DisplayName("4.1, 5.1: ids, tokens, metadata and content type reach a consumer as the bytes that came in")
    void bytesOfHeaders() {
        String channel = contract.channel();
        String k = channel + "/consumer/umlaut";
        contract.consumers().on(k, Behavior.status(200));
        contract.client()
                .put(
                        channel + "/consumer/k%C3%BC",
                        "token=geheim-%C3%BC&maxRetries=0&callbackUrl="
                                + contract.consumers().url(k));
        Answer answer = contract.broadcast(
                channel,
                "hi",
                "X-Broker-Message-ID: bestell-\u00fc",
                "Content-Type: text/plain; name=\u00fc",
                "X-Broker-Metadata-Headers: X-Who,X-Wide",
                "X-Who: J\u00fcrgen",
                "X-Wide: \u00fc\u20ac");

        assertThat(answer.status()).isEqualTo(201);
        ReceivedRequest request = only(k);
        assertThat(request.headers("X-Broker-Message-ID")).containsExactly(bytes("bestell-\u00fc"));
        assertThat(request.headers("X-Broker-Consumer-ID")).containsExactly(bytes("k\u00fc"));
        assertThat(request.headers("X-Broker-Consumer-Token")).containsExactly(bytes("geheim-\u00fc"));
        assertThat(request.headers("Content-Type")).containsExactly(bytes("text/plain; name=\u00fc"));
        assertThat(request.headers("X-Who")).containsExactly(bytes("J\u00fcrgen"));
        assertThat(request.headers("X-Wide")).containsExactly(bytes("\u00fc\u20ac"));
    }

    /** A character for each byte in UTF-8, as the consumer reads them. */
    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest(name = "5.1: {0} is success")
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void success(int status) {
        String channel = contract.channel();
        contract.push(channel, "k", Behavior.status(status));
        contract.awaitStates(contract.message(channel, "m"), "DELIVERED");
    }

    @ParameterizedTest(name = "5.1: {0} is a failed attempt; 0: redirects are not followed")
    @ValueSource(ints = {301, 302, 307, 308, 400, 404, 500})
    void failure(int status) {
        String channel = contract.channel();
        String k = contract.push(
                channel, "k", Behavior.redirect(status, contract.consumers().url("/elsewhere")));
        contract.awaitStates(contract.message(channel, "m"), "DEAD");
        assertThat(contract.consumers().requests(k)).hasSize(1);
        assertThat(contract.consumers().requests("/elsewhere")).isEmpty();
    }

    @ParameterizedTest(name = "5.1: {0} is a failed attempt")
    @CsvSource({"no answer in time", "a lost connection", "a scheme that is none"})
    void noAnswer(String how) {
        ContractBroker broker = how.startsWith("no") ? impatient : contract;
        String channel = broker.channel();
        if (how.startsWith("a scheme")) {
            broker.client().put(channel + "/consumer/k", "maxRetries=0&callbackUrl=foo:bar");
        } else {
            broker.push(channel, "k", how.startsWith("no") ? Behavior.hang() : Behavior.reset());
        }
        broker.awaitStates(broker.message(channel, "m"), "DEAD");
    }

    @Test
    @DisplayName("5.2: the states of a job, by number, and the state of a message")
    void states() {
        String channel = contract.channel();
        contract.push(channel, "delivered", Behavior.status(200));
        contract.push(channel, "dead", Behavior.status(500));
        contract.push(channel, "inflight", Behavior.hang());
        contract.pull(channel, "queued");
        String message = contract.message(channel, "m");
        assertThat(contract.awaitStates(message, "QUEUED", "INFLIGHT", "DEAD", "DELIVERED")
                        .body())
                .contains("\"Status\":\"DISPATCHED\"");
    }

    @Test
    @DisplayName("5.3: one job for each consumer at the broadcast; later ones get nothing of it; none is fine")
    void fanOut() {
        String channel = contract.channel();
        String message = contract.message(channel, "none");
        contract.pull(channel, "push-or-pull");
        contract.pull(channel, "other");
        assertThat(contract.client().get(message).body()).contains("\"Jobs\":[]");
        contract.awaitStates(contract.message(channel, "two"), "QUEUED", "QUEUED");
    }

    @Test
    @DisplayName(
            "5.4, 5.5: 1 + max-retry attempts, each with a request id of its own and the same message id, then dead")
    void attempts() {
        String channel = contract.channel();
        String k = contract.push(channel, "k", Behavior.status(500));
        contract.client()
                .put(
                        channel + "/consumer/retried",
                        "token=kt&callbackUrl=" + contract.consumers().url(k));
        contract.awaitStates(contract.message(channel, "m"), "DEAD", "DEAD");
        List<ReceivedRequest> retried = contract.consumers().requests(k).stream()
                .filter(request -> "retried".equals(request.header("X-Broker-Consumer-ID")))
                .toList();
        assertThat(retried).hasSize(3).allMatch(request -> "m".equals(request.header("X-Broker-Message-ID")));
        assertThat(retried.stream().map(request -> request.header("X-Request-ID")))
                .doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("5.4: a failed attempt is made again, and may succeed")
    void recovery() {
        String channel = contract.channel();
        String k = channel + "/consumer/k";
        contract.consumers().on(k, Behavior.sequence(Behavior.status(500), Behavior.reset(), Behavior.status(200)));
        contract.client().put(k, "callbackUrl=" + contract.consumers().url(k));
        contract.awaitStates(contract.message(channel, "m"), "DELIVERED");
        assertThat(contract.consumers().requests(k)).hasSize(3);
    }
}
