package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.testing.RawClient;

/** G8: clients that go away in the middle of a request leave nothing behind, whatever they were waiting for. */
@Tag("G8")
@Tag("slow")
final class AbandonedRequestTest {
    private static final int REQUESTS = 300;

    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    private final Random random = new Random(1);

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void whileTheyWaitForTheirCommit(HttpClient.Version version) throws Exception {
        HttpClient client = client(version);
        String channel = contract.channel();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        try (Connection connection = contract.mariaDb().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT * FROM registry_version FOR UPDATE");
            awaitMany(answers, REQUESTS, () -> send(client, channel + "/broadcast", 2_000));
            answers.forEach(answer -> answer.cancel(true));
            connection.rollback();
        }
        nothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void atAnyMoment(HttpClient.Version version) {
        HttpClient client = client(version);
        String channel = contract.channel();
        List<String> paths = List.of(
                channel + "/broadcast",
                channel + "/nothing",
                "/producer/p1",
                "/channels",
                channel + "/consumer/nobody/jobs/lease",
                channel + "/consumer/nobody/queued-jobs",
                channel + "/message/nothing",
                channel + "/scheduled-message/nothing");
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            CompletableFuture<?> answer = send(client, paths.get(i % paths.size()), random.nextInt(100_000));
            answers.add(answer);
            CompletableFuture.delayedExecutor(random.nextInt(30), TimeUnit.MILLISECONDS)
                    .execute(() -> answer.cancel(true));
        }
        await().until(() -> answers.stream().allMatch(CompletableFuture::isDone));
        nothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void whileTheyWaitForJobs(HttpClient.Version version) {
        abandonLeases(client(version), contract.pull(contract.channel(), "k"), 2);
        nothingIsLeft();
    }

    /** Over HTTP/2 the broker hears of it at once. */
    @Test
    void aJobGoesToNobodyWhoHasResetHisStream() {
        HttpClient client = client(HttpClient.Version.HTTP_2);
        String channel = contract.channel();
        String consumer = contract.pull(channel, "k");
        abandonLeases(client, consumer, 20);
        nothingIsLeft();
        CompletableFuture<HttpResponse<String>> answer = lease(client, consumer, 20);
        contract.broadcast(channel, "payload of the job");
        assertThat(answer.join().body()).contains("\"Receipt\"");
    }

    private static void abandonLeases(HttpClient client, String consumer, int seconds) {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        awaitMany(answers, 100, () -> lease(client, consumer, seconds));
        answers.forEach(answer -> answer.cancel(true));
    }

    /** Until the broker has many; a slow machine may look when all were answered. */
    private static void awaitMany(
            List<CompletableFuture<?>> answers, int count, Supplier<CompletableFuture<?>> request) {
        await().until(() -> {
            if (answers.stream().allMatch(CompletableFuture::isDone)) {
                IntStream.range(0, count).forEach(i -> answers.add(request.get()));
            }
            return requests() > 10;
        });
    }

    private static CompletableFuture<HttpResponse<String>> lease(HttpClient client, String consumer, int seconds) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(consumer + "/jobs/lease"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"WaitSeconds\":" + seconds + "}"));
        ContractBroker.eachToken(request::header);
        return client.sendAsync(request.build(), BodyHandlers.ofString());
    }

    private static CompletableFuture<?> send(HttpClient client, String path, int size) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        if (path.matches(".*/(queued-jobs|message/.*|scheduled-message/.*)")) {
            request.GET();
        } else {
            request.POST(BodyPublishers.ofByteArray(new byte[size + 1]));
        }
        ContractBroker.eachToken(request::header);
        return client.sendAsync(request.build(), BodyHandlers.discarding());
    }

    private static HttpClient client(HttpClient.Version version) {
        HttpClient client = HttpClient.newBuilder().version(version).build();
        // HTTP/2 begins with a request that has no body.
        client.sendAsync(HttpRequest.newBuilder(uri("/channels")).build(), BodyHandlers.discarding())
                .join();
        return client;
    }

    private static void nothingIsLeft() {
        await().untilAsserted(() -> {
            assertThat(requests()).isZero();
            assertThat(intakeBytes()).contains("webhook_broker_intake_bytes 0.0\n");
        });
    }

    /** How many there are now, as Dropwizard counts them. */
    private static int requests() {
        Matcher count = Pattern.compile("MutableServletContextHandler\\.active-requests\":\\{\"count\":(\\d+)")
                .matcher(admin().get("/metrics").body());
        assertThat(count.find()).isTrue();
        return Integer.parseInt(count.group(1));
    }

    private static String intakeBytes() {
        return admin().get("/prometheus").body();
    }

    private static RawClient admin() {
        return new RawClient(contract.broker().adminPort());
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + contract.broker().port() + path);
    }
}
