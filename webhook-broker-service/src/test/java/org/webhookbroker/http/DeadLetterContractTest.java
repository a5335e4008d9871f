package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

/** Contract 6.8 to 6.11. */
@Tag("slow")
final class DeadLetterContractTest {
    private static final String K1 = "/channel/c1/consumer/k1";
    private static final String DLQ = K1 + "/dlq";
    private static final String[] TOKENS = {"X-Broker-Channel-Token", "ct", "X-Broker-Consumer-Token", "kt"};
    private static final String NOT_FOUND = "Request resource not found";
    private static final String NOT_EXHAUSTED = "job is not dead or retry not exhausted";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private TestNode node;
    private Requests requests;
    private Seed seed;
    private Consumer pull;
    private Consumer push;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb.database()).started();
        requests = new Requests(node);
        seed = new Seed(node.database);
        pull = node.consumer("k1", ConsumerType.PULL);
        push = node.consumer("k2", ConsumerType.PUSH);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    /** @param headers replace the right tokens */
    private record Row(String rule, String path, int status, String body, List<String> headers) {
        Row(String rule, String path, int status, String body, String... headers) {
            this(rule, path, status, body, List.of(headers));
        }
    }

    @TestFactory
    Stream<DynamicTest> aPurgeIsRefusedInTheOrderOfTheContract() {
        String both = "X-Broker-Channel-Token";
        return rows(
                new Row("channel unknown", "/channel/c9/consumer/k1/dlq", 404, NOT_FOUND, both, "x"),
                new Row(
                        "channel token, before the consumer",
                        "/channel/c1/consumer/k9/dlq",
                        403,
                        "channel token does not match",
                        both,
                        "x"),
                new Row("channel token absent", DLQ, 403, "channel token does not match", both, ""),
                new Row(
                        "consumer unknown",
                        "/channel/c1/consumer/k9/dlq",
                        404,
                        NOT_FOUND,
                        "X-Broker-Consumer-Token",
                        "x"),
                new Row("consumer token", DLQ, 403, "consumer token does not match", "X-Broker-Consumer-Token", "x"),
                new Row(
                        "consumer token absent",
                        DLQ,
                        403,
                        "consumer token does not match",
                        "X-Broker-Consumer-Token",
                        ""),
                new Row("nothing to delete", DLQ, 200, "{\"deletedCount\":0}\n"),
                new Row("push consumer", "/channel/c1/consumer/k2/dlq", 200, "{\"deletedCount\":0}\n"));
    }

    @TestFactory
    Stream<DynamicTest> aDeletionOfOneJobIsRefusedInTheOrderOfTheContract() {
        Xid queued = seed.queued(node.channel().id(), pull.id(), 1).get(0);
        Xid early = dead(pull, 1).get(0);
        mariaDb.sql().execute("UPDATE dead_job SET attempts = 0");
        Xid foreign = dead(push, 1).get(0);
        Xid namesake = deadOfNamesake();
        String own = K1 + "/job/" + early;
        return rows(
                new Row("channel unknown", "/channel/c9/consumer/k1/job/" + early, 404, NOT_FOUND),
                new Row("channel token", own, 403, "channel token does not match", "X-Broker-Channel-Token", "x"),
                new Row("consumer unknown", "/channel/c1/consumer/k9/job/" + early, 404, NOT_FOUND),
                new Row("consumer token", own, 403, "consumer token does not match", "X-Broker-Consumer-Token", "x"),
                new Row("job unknown", K1 + "/job/" + node.channel().id(), 404, NOT_FOUND),
                new Row("no id", K1 + "/job/x", 404, NOT_FOUND),
                new Row("no pattern", K1 + "/job/%25", 404, NOT_FOUND),
                new Row("another consumer's", K1 + "/job/" + foreign, 404, NOT_FOUND),
                new Row("of the same id in another channel", K1 + "/job/" + namesake, 404, NOT_FOUND),
                new Row("not dead", K1 + "/job/" + queued, 404, NOT_FOUND),
                new Row("not exhausted", own, 404, NOT_EXHAUSTED));
    }

    private Xid deadOfNamesake() {
        Registrar registrar = new Registrar(node.database);
        Xid channel = registrar.channel("c2");
        return seed.dead(channel, registrar.pull(channel, "k1"), 1, "status-500", Instant.EPOCH)
                .get(0);
    }

    private Stream<DynamicTest> rows(Row... rows) {
        return Stream.of(rows)
                .map(row -> DynamicTest.dynamicTest(row.rule(), () -> {
                    List<String> headers = new ArrayList<>(List.of(TOKENS));
                    headers.addAll(row.headers());
                    HttpResponse<String> response = requests.delete(row.path(), headers.toArray(String[]::new));
                    assertThat(response.body()).isEqualTo(row.body());
                    assertThat(response.statusCode()).isEqualTo(row.status());
                    assertThat(response.headers().firstValue("Content-Type"))
                            .contains(row.status() == 200 ? "application/json" : "text/plain; charset=utf-8");
                }));
    }

    @Test
    void aPurgeDeletesWhatIsExhaustedAndLeavesTheRestInTheCount() {
        dead(pull, 3);
        List<Xid> early = dead(pull, 2);
        mariaDb.sql().execute("UPDATE dead_job SET attempts = 4 WHERE id >= ?", early.get(0));
        dead(push, 1);

        assertThat(requests.delete(DLQ, TOKENS).body()).isEqualTo("{\"deletedCount\":3}\n");

        assertThat(requests.json(DLQ).path("DeadJobs")).hasSize(2);
        assertThat(requests.get("/dlq-status").body())
                .isEqualTo("{\"consumers\":[" + entry(pull, 2) + "," + entry(push, 1) + "]}\n");
        assertThat(requests.delete("/channel/c1/consumer/k2/dlq", TOKENS).body())
                .isEqualTo("{\"deletedCount\":1}\n");
    }

    @Test
    void oneDeadJobIsDeletedOnceAlsoOfAPushConsumer() {
        for (Consumer consumer : List.of(pull, push)) {
            String path = "/channel/c1/consumer/" + consumer.publicId() + "/job/"
                    + dead(consumer, 2).get(1);
            HttpResponse<String> deleted = requests.delete(path, TOKENS);
            assertThat(deleted.statusCode()).isEqualTo(204);
            assertThat(deleted.body()).isEmpty();
            assertThat(deleted.headers().firstValue("Content-Type")).isEmpty();
            assertThat(requests.delete(path, TOKENS).body()).isEqualTo(NOT_FOUND);
        }
        assertThat(requests.get("/dlq-status").body())
                .isEqualTo("{\"consumers\":[" + entry(pull, 1) + "," + entry(push, 1) + "]}\n");
    }

    @Test
    void theSummaryForgetsNobodyWhoEverHadADeadJobUntilTheConsumerIsRemoved() {
        assertThat(requests.get("/dlq-status").body()).isEqualTo("{\"consumers\":[]}\n");
        dead(pull, 2);
        assertThat(requests.get("/dlq-status").body()).isEqualTo("{\"consumers\":[" + entry(pull, 2) + "]}\n");
        requests.post(DLQ, "requeue=kt", "Content-Type", "application/x-www-form-urlencoded");
        assertThat(requests.get("/dlq-status").body()).isEqualTo("{\"consumers\":[" + entry(pull, 0) + "]}\n");
        node.consumers.remove(node.channel(), "k1", UpdateCondition.none(), true, () -> true, Auditing.TEST);
        assertThat(requests.get("/dlq-status").body()).isEqualTo("{\"consumers\":[]}\n");
    }

    /** Beyond the contract: a request ends in its time, however many dead jobs there are, and says 202 only when none is left. */
    @Test
    void aRequeueOfMoreThanFitsIntoItsTimeIsRepeated() {
        dead(pull, 5_001);
        String[] form = {"Content-Type", "application/x-www-form-urlencoded"};
        try (TestNode hurried = new TestNode(mariaDb.database(), Duration.ZERO).started()) {
            Requests hurriedly = new Requests(hurried);

            HttpResponse<String> first = hurriedly.post(DLQ, "requeue=kt", form);

            assertThat(first.statusCode()).isEqualTo(503);
            assertThat(first.headers().firstValue("Retry-After")).contains("1");
            assertThat(first.body()).contains("repeat it for the rest");
            assertThat(requests.get("/dlq-status").body()).isEqualTo("{\"consumers\":[" + entry(pull, 1) + "]}\n");
            assertThat(hurriedly.post(DLQ, "requeue=kt", form).statusCode()).isEqualTo(202);
        }
    }

    @Test
    void aPurgeOfMoreThanFitsIntoItsTimeDeletesThoseThatDo() {
        dead(push, 1_001);
        try (TestNode hurried = new TestNode(mariaDb.database(), Duration.ZERO).started()) {
            HttpResponse<String> first = new Requests(hurried).delete("/channel/c1/consumer/k2/dlq", TOKENS);

            assertThat(first.body()).isEqualTo("{\"deletedCount\":1000}\n");
            assertThat(requests.get("/dlq-status").body()).isEqualTo("{\"consumers\":[" + entry(push, 1) + "]}\n");
        }
    }

    @Test
    void ofFiveBulkRequestsAtOnceOneIsToldToComeAgain() throws Exception {
        dead(pull, 10);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        ExecutorService senders = Executors.newFixedThreadPool(5);
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT * FROM dead_job FOR UPDATE");
            for (int i = 0; i < 5; i++) {
                answers.add(CompletableFuture.supplyAsync(() -> requests.delete(DLQ, TOKENS), senders));
            }
            CompletableFuture.anyOf(answers.toArray(CompletableFuture[]::new)).join();
            assertThat(answers.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join))
                    .singleElement()
                    .satisfies(refused -> {
                        assertThat(refused.statusCode()).isEqualTo(503);
                        assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
                    });
            connection.rollback();
        } finally {
            senders.shutdown();
        }
        assertThat(answers.stream().map(answer -> answer.join().statusCode()))
                .containsExactlyInAnyOrder(200, 200, 200, 200, 503);
        assertThat(mariaDb.sql().count("dead_job")).isZero();
    }

    @Test
    void theMethodsAreThoseOfTheContract() {
        RawClient client = new RawClient(node.port());
        assertThat(client.send("PUT " + DLQ, "").header("Allow")).isEqualTo("DELETE, GET, OPTIONS, POST");
        assertThat(client.send("POST /dlq-status", "").header("Allow")).isEqualTo("GET, OPTIONS");
        assertThat(client.send("PUT " + K1 + "/job/x", "").header("Allow")).contains("DELETE, GET");
    }

    private List<Xid> dead(Consumer consumer, int count) {
        return seed.dead(node.channel().id(), consumer.id(), count, "status-500", Instant.EPOCH);
    }

    private static String entry(Consumer consumer, int count) {
        return "{\"channelId\":\"c1\",\"channelName\":\"Chan\",\"consumerId\":\"" + consumer.id()
                + "\",\"consumerName\":\"" + consumer.name() + "\",\"deadCount\":" + count + "}";
    }
}
