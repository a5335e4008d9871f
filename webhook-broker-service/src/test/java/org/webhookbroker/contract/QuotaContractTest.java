package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Answer;

/** The whole broker with quotas, given as environment variables would give them: a payload of the largest size, and then a byte a second. */
final class QuotaContractTest {
    private static final int LARGEST = 40_000;
    private static final String FULL = "X-Broker-Producer-ID: full";

    @RegisterExtension
    static final ContractBroker contract = new ContractBroker("intake.maxPayload=" + LARGEST + "B")
            .with("QUOTA_PRODUCERS", "[{id: full, bytes: 1B, burst: 1s}, {id: \"0123\", messages: 9}]")
            .with("QUOTA_CONSUMERS", "[{channel: slow, id: k, liveJobs: 1}]");

    private final String channel = contract.channel();

    @BeforeEach
    void fill() {
        contract.client().put("/producer/full", "token=pt");
        contract.broadcast(channel, "x".repeat(LARGEST - 1000), FULL);
    }

    @Test
    void theRefusalSaysWhichQuotaAndWhenToComeAgain() {
        Answer refused = contract.broadcast(channel, "x".repeat(LARGEST), FULL);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.body())
                .isEqualTo("Too Many Requests: each node takes 1 bytes a second of the producer `full`;"
                        + " nothing was stored");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, LARGEST);
        assertThat(contract.broadcast(channel, "x").status()).isEqualTo(201);
        await().until(() ->
                contract.broker().admin().get("/prometheus").contains("quota_refusals_total{quota=\"producer\"} "));
    }

    /** More than Jetty would bear, and each client takes its answer although its body was not read. */
    @Test
    @Tag("G12")
    void aFloodOfRefusalsOverHttp2IsAnswered() throws Exception {
        HttpClient client = http2();
        HttpRequest request = HttpRequest.newBuilder(uri(channel + "/broadcast"))
                .header("X-Broker-Channel-Token", "ct")
                .header("X-Broker-Producer-Token", "pt")
                .header("X-Broker-Producer-ID", "full")
                .POST(BodyPublishers.ofByteArray(new byte[LARGEST]))
                .build();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(client.sendAsync(request, BodyHandlers.ofString()));
        }
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.join().statusCode()).isEqualTo(429);
            assertThat(answer.join().version()).isEqualTo(HttpClient.Version.HTTP_2);
        });
    }

    /** Over HTTP/2 the broker hears of it at once, while the message is held. */
    @Test
    @Tag("G8")
    void whoResetsItsStreamWhileItIsHeldLeavesNothingBehind() throws Exception {
        contract.client().put("/channel/slow", "token=ct");
        contract.pull("/channel/slow", "k");
        HttpRequest request = message("/channel/slow", new byte[1000]);
        HttpClient client = http2();
        for (int round = 0; round < 3; round++) {
            List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
            // They are answered after a second, and at once until the broker knows that the consumer is full.
            await().pollInterval(Duration.ofMillis(20)).until(() -> {
                if (held.stream().allMatch(CompletableFuture::isDone)) {
                    for (int i = 0; i < 20; i++) {
                        held.add(client.sendAsync(request, BodyHandlers.ofString()));
                    }
                }
                return gauge("webhook_broker_quota_held_requests") > 10;
            });
            held.forEach(each -> each.cancel(true));
            await().until(() -> gauge("webhook_broker_quota_held_requests") == 0);
            await().until(() -> gauge("webhook_broker_intake_bytes") == 0);
        }
        assertThat(contract.broadcast("/channel/slow", "hi").status()).isEqualTo(201);
    }

    private double gauge(String name) {
        return contract.broker()
                .admin()
                .get("/prometheus")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    /** On a connection that is HTTP/2 already. */
    private static HttpClient http2() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        client.send(HttpRequest.newBuilder(uri("/channels")).build(), BodyHandlers.discarding());
        return client;
    }

    private static HttpRequest message(String channel, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(channel + "/broadcast"));
        ContractBroker.eachToken(request::header);
        return request.POST(BodyPublishers.ofByteArray(body)).build();
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + contract.broker().port() + path);
    }
}
