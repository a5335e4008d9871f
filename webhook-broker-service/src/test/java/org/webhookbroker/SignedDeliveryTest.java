package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;
import org.webhookbroker.signature.WebhookVerificationException;
import org.webhookbroker.signature.WebhookVerifier;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.ReceivedRequest;
import org.webhookbroker.testing.SettableClock;

/** Deliveries that are signed, as their receivers see them: by our verifier, and by the reference library for what it knows. */
@Tag("slow")
class SignedDeliveryTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String[] SETTINGS = {"retry.delays[0]=10ms", "retry.maxRetries=0"};
    private static final String[] TOKENS = {"X-Broker-Channel-Token: ct", "X-Broker-Consumer-Token: kt"};

    private final ConsumerServer consumers = ConsumerServer.start();
    private final SettableClock clock = new SettableClock();
    private LocalBroker broker;

    @BeforeEach
    void start() {
        broker = LocalBroker.on(mariaDb).at(clock).start(SETTINGS);
        broker.api().register("c", "plain", consumers.url("/plain"));
    }

    @AfterEach
    void close() {
        broker.close();
        consumers.close();
    }

    /** Its secret, or public key. */
    private String sign(String consumer, String fields) {
        Answer put = broker.client()
                .put(
                        "/channel/c/consumer/" + consumer,
                        "token=kt&callbackUrl=" + consumers.url("/" + consumer) + "&" + fields);
        assertThat(put.status()).as(put.body()).isEqualTo(200);
        return put.field(fields.contains("v1a") ? "SigningPublicKey" : "SigningSecret");
    }

    private Answer patch(LocalBroker by, String consumer, String fields) {
        String path = "/channel/c/consumer/" + consumer;
        Answer patched = by.client()
                .form(
                        "PATCH " + path,
                        fields,
                        "If-Unmodified-Since: " + by.client().get(path).header("Last-Modified"));
        assertThat(patched.status()).as(patched.body()).isEqualTo(200);
        return patched;
    }

    private void broadcast(LocalBroker to, String id, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + to.port() + "/channel/c/broadcast"))
                .headers("X-Broker-Channel-Token", "ct", "X-Broker-Producer-ID", "p", "X-Broker-Producer-Token", "pt")
                .header("X-Broker-Message-ID", id)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        assertThat(HttpClient.newHttpClient()
                        .send(request.build(), HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(201);
    }

    private List<ReceivedRequest> awaitRequests(String consumer, int count) {
        return await().until(() -> consumers.requests("/" + consumer), all -> all.size() == count);
    }

    private ReceivedRequest only(String consumer) {
        return awaitRequests(consumer, 1).get(0);
    }

    private static Map<String, List<String>> headers(ReceivedRequest request) {
        return request.headers().stream()
                .collect(Collectors.groupingBy(
                        header -> header.getKey().toLowerCase(Locale.ROOT),
                        Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    }

    private static String verified(ReceivedRequest request, String key) throws WebhookVerificationException {
        Instant then = Instant.ofEpochSecond(Long.parseLong(request.header("webhook-timestamp")));
        return WebhookVerifier.of(key).at(() -> then).verify(headers(request), request.body());
    }

    @ParameterizedTest
    @EnumSource
    void receiversKnowWhoSends(SignatureVersion version) throws Exception {
        String key = sign("k", "signing=" + version.wireName());
        broadcast(broker, "m.1", "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8));

        ReceivedRequest request = only("k");
        assertThat(WebhookVerifier.of(key).verify(headers(request), request.body()))
                .isEqualTo(request.header("webhook-id"))
                .matches("msg_[A-Za-z0-9_-]{24}");
        assertThat(request.header("webhook-signature")).startsWith(version.wireName() + ",");
        assertThat(request.header("X-Broker-Message-ID")).isEqualTo("m.1");
        assertThat(request.header("X-Broker-Consumer-Token")).isEqualTo("kt");
        request.body()[0] ^= 1;
        assertThatThrownBy(() -> verified(request, key)).isInstanceOf(WebhookVerificationException.class);
        request.body()[0] ^= 1;
        if (version == SignatureVersion.V1) {
            assertThatCode(() -> new Webhook(key).verify(request.text(), headers(request)))
                    .doesNotThrowAnyException();
        }
    }

    /** All bytes there are, and as many as there may be. */
    @Test
    void theExactBytesAreSigned() throws Exception {
        String shared = sign("k", "signing=v1");
        String pair = sign("l", "signing=v1a");
        byte[] binary = new byte[256];
        for (int i = 0; i < binary.length; i++) {
            binary[i] = (byte) i;
        }
        broadcast(broker, "binary", binary);
        broadcast(broker, "large", new byte[(16 << 20) - 1]);

        for (ReceivedRequest request : awaitRequests("k", 2)) {
            verified(request, shared);
        }
        for (ReceivedRequest request : awaitRequests("l", 2)) {
            verified(request, pair);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRetryHasTheSameIdAndItsOwnTime(SignatureVersion version) throws Exception {
        String key = sign("k", "maxRetries=1&retryDelays=0&signing=" + version.wireName());
        consumers.on(
                "/k",
                Behavior.sequence(
                        (request, connection) -> {
                            clock.jump(Duration.ofMinutes(10));
                            Behavior.status(500).answer(request, connection);
                        },
                        Behavior.status(200)));
        broadcast(broker, "m", new byte[1]);

        List<ReceivedRequest> both = awaitRequests("k", 2);
        assertThat(verified(both.get(1), key)).isEqualTo(verified(both.get(0), key));
        assertThat(Long.parseLong(both.get(1).header("webhook-timestamp")))
                .isGreaterThanOrEqualTo(Long.parseLong(both.get(0).header("webhook-timestamp")) + 600);
    }

    @Test
    void theIdOutlivesARestartAndARequeue() throws Exception {
        String key = sign("k", "maxRetries=0&signing=v1");
        consumers.on("/k", Behavior.sequence(Behavior.status(500), Behavior.status(200)));
        broadcast(broker, "m", new byte[1]);
        await().until(() -> mariaDb.sql().count("dead_job") == 1);
        broker.close();
        broker = LocalBroker.on(mariaDb).at(clock).start(SETTINGS);
        broker.admin().post("/tasks/dead-letter-replay?channel=c&consumer=k");

        List<ReceivedRequest> both = awaitRequests("k", 2);
        assertThat(verified(both.get(1), key)).isEqualTo(verified(both.get(0), key));
    }

    @Test
    void eachConsumerAndMessageHasAnIdOfItsOwn() throws Exception {
        sign("k", "signing=v1");
        sign("l", "signing=v1");
        broadcast(broker, "m", new byte[1]);
        broadcast(broker, "n", new byte[1]);

        assertThat(List.of(awaitRequests("k", 2), awaitRequests("l", 2)).stream()
                        .flatMap(List::stream)
                        .map(request -> request.header("webhook-id")))
                .doesNotHaveDuplicates()
                .hasSize(4);
    }

    /** Old and new sign together for as long as was said, and no longer; other nodes know of it at once. */
    @Test
    void bothSecretsSignWhileOneIsRotated() throws Exception {
        String old = sign("k", "signing=v1");
        try (LocalBroker other = LocalBroker.on(mariaDb).at(clock).start(SETTINGS)) {
            String next = broker.client()
                    .form("POST /channel/c/consumer/k/rotate-secret", "overlap=3600", TOKENS)
                    .field("SigningSecret");
            broadcast(other, "during", new byte[1]);
            ReceivedRequest during = only("k");
            verified(during, old);
            verified(during, next);
            assertThat(during.header("webhook-signature").split(" ", -1)).hasSize(2);
            assertThat(WebhookVerifier.of(next).verify(newestAlone(during), during.body()))
                    .isEqualTo(during.header("webhook-id"));
            new Webhook(old).verify(during.text(), headers(during));
            new Webhook(next).verify(during.text(), headers(during));

            clock.jump(Duration.ofSeconds(3601));
            broadcast(other, "after", new byte[1]);
            ReceivedRequest after = awaitRequests("k", 2).get(1);
            verified(after, next);
            assertThatThrownBy(() -> verified(after, old)).isInstanceOf(WebhookVerificationException.class);
            assertThat(broker.client().get("/channel/c/consumer/k").body()).doesNotContain("PreviousSecretsUntil");
            assertThat(stored("k")).contains(old);
            patch(broker, "k", "name=written");
            assertThat(stored("k")).isEqualTo(next);
        }
    }

    private static Map<String, List<String>> newestAlone(ReceivedRequest request) {
        Map<String, List<String>> headers = headers(request);
        headers.put(
                "webhook-signature", List.of(request.header("webhook-signature").split(" ", -1)[0]));
        return headers;
    }

    private static String stored(String consumer) {
        return mariaDb.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT signing_secrets FROM consumer WHERE public_id = :id")
                        .bind("id", consumer)
                        .mapTo(String.class)
                        .one());
    }

    @Test
    void signingIsSwitchedOnAndOffOnAllNodes() throws Exception {
        try (LocalBroker other = LocalBroker.on(mariaDb).at(clock).start(SETTINGS)) {
            String secret = patch(broker, "plain", "signing=v1").field("SigningSecret");
            broadcast(other, "on", new byte[1]);
            verified(only("plain"), secret);
            patch(broker, "plain", "signing=none");
            broadcast(other, "off", new byte[1]);
            assertThat(headers(awaitRequests("plain", 2).get(1)).keySet())
                    .noneMatch(name -> name.startsWith("webhook"));
        }
    }

    /** Whoever is not signed gets what it always got, also from producers who pass such headers on. */
    @Test
    void producersCannotForgeTheHeadersOfASignedConsumer() throws Exception {
        String key = sign("k", "signing=v1&sendToken=false");
        String signature = SigningSecret.make(SignatureVersion.V1).sign("forged", 1, new byte[1]);
        broadcast(
                broker,
                "m",
                new byte[1],
                "X-Broker-Metadata-Headers",
                "Webhook-Id,WEBHOOK_TIMESTAMP,webhook_signature,Webhook-Signature,X-Broker-Consumer-Token,X-A",
                "Webhook-Id",
                "forged",
                "WEBHOOK_TIMESTAMP",
                "1",
                "webhook_signature",
                signature,
                "Webhook-Signature",
                signature,
                "X-Broker-Consumer-Token",
                "forged",
                "X-A",
                "a");

        ReceivedRequest signed = only("k");
        verified(signed, key);
        assertThat(signed.headers().stream().map(Map.Entry::getValue)).doesNotContain("forged", "1 ", signature);
        assertThat(headers(signed).keySet())
                .contains("x-a", "webhook-id", "webhook-timestamp", "webhook-signature")
                .doesNotContain("webhook_signature", "webhook_timestamp", "x-broker-consumer-token");
        assertThat(signed.header("X-Broker-Metadata-Headers")).isEqualTo("X-A");
        ReceivedRequest plain = only("plain");
        assertThat(plain.header("X-Broker-Metadata-Headers"))
                .isEqualTo("WEBHOOK_TIMESTAMP,Webhook-Id,Webhook-Signature,X-A,webhook_signature");
        assertThat(plain.headers("webhook-id")).containsExactly("forged");
        assertThat(plain.headers("webhook-signature")).containsExactly(signature);
        assertThat(plain.headers("X-Broker-Consumer-Token")).containsExactly("kt");
    }

    @Test
    void whatIsNotSignedIsAsItWas() throws Exception {
        broadcast(broker, "m", new byte[1]);
        assertThat(only("plain").headers().stream().map(Map.Entry::getKey))
                .containsExactly(
                        "Content-Type",
                        "X-Broker-Message-Priority",
                        "X-Broker-Channel-ID",
                        "X-Broker-Consumer-ID",
                        "X-Broker-Message-ID",
                        "X-Broker-Consumer-Token",
                        "X-Request-ID",
                        "X-Broker-Metadata-Headers",
                        "User-Agent",
                        "Accept-Encoding",
                        "Host",
                        "Content-Length",
                        "Connection");
    }

    /** A node of an older release names the columns that it knows. */
    @Test
    void anOlderNodeLeavesTheSecretAsItIs() throws Exception {
        String key = sign("k", "signing=v1&sendToken=false");
        mariaDb.jdbi().useTransaction(handle -> {
            handle.execute("UPDATE registry_version SET version = version + 1");
            handle.execute(
                    "UPDATE consumer SET name = 'n', token = 't', callback_url = ?, type = 1, max_retries = '',"
                            + " retry_delays = '', unreachable_for = '', changed_at = UTC_TIMESTAMP(6) WHERE public_id = 'k'",
                    consumers.url("/k"));
        });
        broadcast(broker, "m", new byte[1]);
        verified(only("k"), key);
        assertThat(only("k").headers("X-Broker-Consumer-Token")).isEmpty();
    }
}
