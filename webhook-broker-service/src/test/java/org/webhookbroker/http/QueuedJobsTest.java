package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dropwizard.util.DataSize;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.testing.MariaDbExtension;

/** Contract 6.2. */
final class QueuedJobsTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private TestNode node;
    private Requests requests;
    private PullClient client;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb.database(), settings -> settings.pull.largestAnswer = DataSize.kibibytes(120))
                .started();
        requests = new Requests(node);
        node.consumer("k1", ConsumerType.PULL);
        node.consumer("k2", ConsumerType.PUSH);
        client = new PullClient(node, "k1");
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aJobIsShownWithItsMessageAndNothingIsReserved() {
        HttpResponse<String> sent = requests.broadcast(
                "hé \"✓\"",
                "X-Broker-Message-ID",
                "m1",
                "X-Broker-Message-Priority",
                "7",
                "Content-Type",
                "text/plain",
                "X-Broker-Metadata-Headers",
                "traceparent",
                "traceparent",
                "00-a");
        assertThat(sent.statusCode()).isEqualTo(201);

        HttpResponse<String> first = requests.get(client.path("queued-jobs"), PullClient.TOKENS);
        HttpResponse<String> second = requests.get(client.path("queued-jobs"), PullClient.TOKENS);

        assertThat(first.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(first.body()).endsWith("]}\n");
        assertThat(second.body()).isEqualTo(first.body());
        JsonNode job = PullClient.result(first).get(0);
        String id = job.path("ID").asText();
        assertThat(id).matches("[0-9a-v]{19}[0g]");
        assertThat(job.toString())
                .isEqualTo("{\"ID\":\"" + id
                        + "\",\"Priority\":7,\"IncrementalTimeout\":0,\"Message\":{\"MessageID\":\"m1\","
                        + "\"Payload\":\"hé \\\"✓\\\"\",\"Headers\":{\"traceparent\":\"00-a\"},"
                        + "\"ContentType\":\"text/plain\"}}");
    }

    /** @param headers replace the right tokens */
    private record Row(String rule, String path, int status, String text, List<String> headers) {}

    @TestFactory
    Stream<DynamicTest> whoMayLookIsCheckedInTheContractsOrder() {
        return Stream.of(
                        new Row("channel", "c9/consumer/k1", 404, "Request resource not found", List.of()),
                        new Row(
                                "channel token",
                                "c1/consumer/k9",
                                403,
                                "channel token does not match",
                                List.of("X-Broker-Channel-Token", "x")),
                        new Row("consumer", "c1/consumer/k9", 401, "consumer could not be found", List.of()),
                        new Row(
                                "consumer token",
                                "c1/consumer/k2",
                                403,
                                "consumer token does not match",
                                List.of("X-Broker-Consumer-Token", "x")),
                        new Row("push", "c1/consumer/k2", 412, "consumer not pull based", List.of()))
                .flatMap(row -> Stream.of("GET queued-jobs?limit=x", "POST jobs/lease")
                        .map(call -> DynamicTest.dynamicTest(call + " " + row.rule(), () -> {
                            List<String> headers = new ArrayList<>(List.of(PullClient.TOKENS));
                            headers.addAll(row.headers());
                            String path = "/channel/" + row.path() + "/" + call.split(" ", -1)[1];
                            String[] all = headers.toArray(String[]::new);
                            HttpResponse<String> answer =
                                    call.startsWith("GET") ? requests.get(path, all) : requests.post(path, "{", all);
                            assertThat(answer.body()).isEqualTo(row.text());
                            assertThat(answer.statusCode()).isEqualTo(row.status());
                        })));
    }

    @TestFactory
    Stream<DynamicTest> limits() {
        IntStream.range(0, 110).forEach(i -> client.broadcast("m" + i, 0));
        record Limit(String query, int count) {}
        return Stream.of(
                        new Limit("", 25),
                        new Limit("?limit=", 25),
                        new Limit("?limit", 25),
                        new Limit("?limit=1", 1),
                        new Limit("?limit=007", 7),
                        new Limit("?limit=100", 100),
                        new Limit("?limit=101", 100),
                        new Limit("?limit=9999999999", 100),
                        new Limit("?limit=0", 0),
                        new Limit("?limit=-0", 0),
                        new Limit("?limit=2&limit=x", 2),
                        new Limit("?limit=-1", -1),
                        new Limit("?limit=x", -1),
                        new Limit("?limit=1.0", -1),
                        new Limit("?limit=%201", -1),
                        new Limit("?limit=%D9%A1", -1),
                        new Limit("?limit=99999999999999999999", -1))
                .map(limit -> DynamicTest.dynamicTest("limit " + limit.query(), () -> {
                    HttpResponse<String> answer =
                            requests.get(client.path("queued-jobs") + limit.query(), PullClient.TOKENS);
                    if (limit.count() < 0) {
                        assertThat(answer.statusCode()).isEqualTo(400);
                        assertThat(answer.body()).isEqualTo("invalid query parameter");
                    } else {
                        assertThat(PullClient.result(answer)).hasSize(limit.count());
                    }
                }));
    }

    @Test
    @Tag("G11")
    void higherPriorityComesFirstThenTheOldest() {
        List<Integer> priorities = List.of(5, 0, 9, 5, 0, 9);
        IntStream.range(0, 6).forEach(i -> client.broadcast("m" + i, priorities.get(i)));
        List<JsonNode> jobs = client.queued("");
        assertThat(PullClient.each(jobs, "Priority")).containsExactly("9", "9", "5", "5", "0", "0");
        for (int i = 0; i < jobs.size(); i += 2) {
            assertThat(jobs.get(i).path("ID").asText())
                    .isLessThan(jobs.get(i + 1).path("ID").asText());
        }
        assertThat(PullClient.each(client.queued("?limit=3"), "ID"))
                .isEqualTo(PullClient.each(jobs, "ID").subList(0, 3));
    }

    @Test
    void onlyWhatIsQueuedAndDueIsShownAndItsOldestFirstWhateverBecameOfIt() {
        client.broadcast("retried", 0);
        client.broadcast("held", 0);
        client.broadcast("delayed", 0);
        client.broadcast("fresh", 0);
        List<JsonNode> leased = client.lease("{\"Limit\":3}");
        assertThat(PullClient.each(leased, "ID")).hasSize(3);
        client.result("jobs/settle", """
                {"Nacks":[{"Receipt":"%s","DelaySeconds":0},{"Receipt":"%s","DelaySeconds":60}]}
                """.formatted(receipt(leased, "retried"), receipt(leased, "delayed")));

        assertThat(client.queuedMessages("")).containsExactly("retried", "fresh");
    }

    private static String receipt(List<JsonNode> leased, String message) {
        return leased.stream()
                .filter(job -> job.path("Message").path("MessageID").asText().equals(message))
                .map(job -> job.path("Receipt").asText())
                .findFirst()
                .orElseThrow();
    }

    /** Any bytes may be broadcast. Bytes that are no text come as text, as far as possible, and whole beside it. */
    @Test
    void aPayloadThatIsNoTextComesAsBytesToo() {
        byte[] bytes = {'a', (byte) 0xff, 0, (byte) 0xc3};
        assertThat(requests.broadcastAsync("/channel/c1/broadcast", bytes)
                        .join()
                        .statusCode())
                .isEqualTo(201);
        JsonNode message = client.queued("").get(0).path("Message");
        assertThat(message.path("Payload").asText()).isEqualTo("a\ufffd\0\ufffd");
        assertThat(Base64.getDecoder().decode(message.path("PayloadBase64").asText()))
                .isEqualTo(bytes);
        assertThat(client.lease("{}").get(0).path("Message")).isEqualTo(message);
    }

    /** G8: however large jobs are, an answer is not much larger than its bound, and has a job at least. */
    @Test
    @Tag("G8")
    void anAnswerIsBoundedInBytesYetHasOneJobAtLeast() {
        requests.broadcast("x".repeat(300_000), "X-Broker-Message-Priority", "9");
        IntStream.range(0, 9).forEach(i -> requests.broadcast("x".repeat(30_000)));

        assertThat(client.queued("?limit=100")).as("larger than the bound").hasSize(1);
        assertThat(client.lease("{\"Limit\":100}")).hasSize(1);
        assertThat(client.queued("?limit=100")).as("3 x 31 KB").hasSize(3);
        assertThat(client.lease("{\"Limit\":100}")).hasSize(3);
        assertThat(client.lease("{\"Limit\":100}")).hasSize(3);
        assertThat(client.lease("{\"Limit\":100}")).hasSize(3);
        assertThat(client.queued("")).isEmpty();
    }
}
