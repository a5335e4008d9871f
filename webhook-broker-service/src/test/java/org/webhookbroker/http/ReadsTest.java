package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
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
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.testing.MariaDbExtension;

/** Contract 6.3, 6.5 to 6.7, 7.1 to 7.3, 8.1 and 8.2. */
@Tag("slow")
final class ReadsTest {
    private static final String K1 = "/channel/c1/consumer/k1";
    private static final String[] TOKENS = {"X-Broker-Channel-Token", "ct", "X-Broker-Consumer-Token", "kt"};
    private static final String[] FORM = {"Content-Type", "application/x-www-form-urlencoded"};

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private TestNode node;
    private Requests requests;
    private Consumer pull;
    private Consumer push;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb.database()).started();
        requests = new Requests(node);
        pull = node.consumer("k1", ConsumerType.PULL);
        push = node.consumer("k2", ConsumerType.PUSH);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aMessageShowsItsJobsInWhateverState() {
        node.consumer("k3", ConsumerType.PULL);
        Consumer dying = node.consumer("k4", ConsumerType.PULL);
        broadcast("m1", "X-Broker-Metadata-Headers", "traceparent", "traceparent", "00-a");
        node.lease(push, 1);
        node.deliver(node.lease(pull, 1));
        node.bury(node.lease(dying, 1));

        JsonNode message = requests.json("/channel/c1/message/m1");
        assertThat(keys(message))
                .containsExactly(
                        "ID",
                        "Payload",
                        "ContentType",
                        "ProducedBy",
                        "ReceivedAt",
                        "DispatchedAt",
                        "Status",
                        "Jobs",
                        "Headers");
        assertThat(message.path("Payload").asText()).isEqualTo("hé ✓");
        assertThat(message.path("ContentType").asText()).isEqualTo("application/octet-stream");
        assertThat(message.path("ProducedBy").asText()).isEqualTo("Prod");
        assertThat(message.path("Status").asText()).isEqualTo("DISPATCHED");
        assertThat(message.path("ReceivedAt").asText()).matches("20\\d\\d-.*T.*Z");
        assertThat(message.path("Headers").toString()).isEqualTo("{\"traceparent\":\"00-a\"}");
        JsonNode jobs = message.path("Jobs");
        assertThat(keys(jobs.get(0))).containsExactly("ListenerEndpoint", "ListenerName", "Status", "StatusChangedAt");
        assertThat(each(jobs, "ListenerName")).containsExactly("Cons k4", "Cons k3", "Cons k2", "Cons k1");
        assertThat(each(jobs, "ListenerEndpoint")).contains("http://host/k4");
        assertThat(each(jobs, "Status")).containsExactly("DEAD", "QUEUED", "INFLIGHT", "DELIVERED");
    }

    @Test
    void whatIsUnknownIsNotFound() {
        for (String path : List.of(
                "/channel/c9/message/m1",
                "/channel/c1/message/m9",
                "/channel/c9/messages",
                "/channel/c9/consumer/k1/dlq",
                "/channel/c1/consumer/k9/dlq")) {
            HttpResponse<String> response = requests.get(path);
            assertThat(response.statusCode()).as(path).isEqualTo(404);
            assertThat(response.body()).as(path).isEqualTo("Request resource not found");
        }
    }

    @Test
    void messagesComeInPagesNewestFirst() {
        IntStream.range(0, 60).forEach(i -> broadcast("m" + i));
        List<String> links = new ArrayList<>();
        String path = "/channel/c1/messages?status=102";
        String last = "";
        for (JsonNode page = requests.json(path); !page.path("Result").isEmpty(); page = requests.json(last)) {
            assertThat(keys(page)).containsExactly("Result", "Pages", "Links");
            page.path("Result").forEach(link -> links.add(link.asText()));
            last = page.path("Pages").path("next").asText();
            assertThat(last).startsWith(path + "&next=");
        }
        assertThat(links)
                .containsExactlyElementsOf(IntStream.range(0, 60)
                        .mapToObj(i -> "/channel/c1/message/m" + (59 - i))
                        .toList());
        JsonNode second =
                requests.json(requests.json(path).path("Pages").path("next").asText());
        JsonNode first = requests.json(second.path("Pages").path("previous").asText());
        assertThat(first).isEqualTo(requests.json(path));
    }

    @Test
    void messagesCanBeFilteredByState() {
        broadcast("m1");
        assertThat(count("")).isEqualTo(1);
        assertThat(count("?status=102")).isEqualTo(1);
        assertThat(count("?status=101&status=102")).isEqualTo(1);
        assertThat(count("?status=what")).isEqualTo(1);
        assertThat(count("?status=101")).isZero();
        assertThat(count("?status=7&status=what")).isZero();
        assertThat(requests.json("/channel/c1/messages?status=101").toString())
                .isEqualTo("{\"Result\":[],\"Pages\":{},\"Links\":null}");
    }

    @Test
    void messagesAreCountedByState() {
        assertThat(requests.json("/channel/c9/messages-status").toString()).isEqualTo("{\"counts\":{}}");
        assertThat(requests.json("/channel/c1/messages-status").toString()).isEqualTo("{\"counts\":{}}");
        broadcast("m1");
        broadcast("m2");
        assertThat(requests.json("/channel/c1/messages-status").toString())
                .isEqualTo("{\"counts\":{\"DISPATCHED\":{\"Count\":2,"
                        + "\"Links\":{\"messages\":\"/channel/c1/messages?status=102\"}}}}");
    }

    /** @param headers replace the right tokens */
    private record Row(String rule, String path, int status, String text, List<String> headers) {}

    @TestFactory
    Stream<DynamicTest> jobsNeedBothTokensAndTheirOwnConsumer() {
        broadcast("m1");
        LeasedJob job = node.lease(pull, 1).get(0);
        String foreign = node.lease(push, 1).get(0).id().toString();
        String id = job.id().toString();
        String own = K1 + "/job/" + id;
        return Stream.of(
                        new Row(
                                "channel unknown",
                                "/channel/c9/consumer/k1/job/" + id,
                                404,
                                "Request resource not found",
                                List.of()),
                        new Row(
                                "channel token",
                                own,
                                403,
                                "channel token does not match",
                                List.of("X-Broker-Channel-Token", "x")),
                        new Row(
                                "consumer unknown",
                                "/channel/c1/consumer/k9/job/" + id,
                                401,
                                "consumer could not be found",
                                List.of()),
                        new Row(
                                "consumer token",
                                own,
                                403,
                                "consumer token does not match",
                                List.of("X-Broker-Consumer-Token", "")),
                        new Row(
                                "push",
                                "/channel/c1/consumer/k2/job/" + foreign,
                                412,
                                "consumer not pull based",
                                List.of()),
                        new Row(
                                "unknown",
                                K1 + "/job/" + node.channel().id(),
                                404,
                                "job could not be found",
                                List.of()),
                        new Row("no id", K1 + "/job/x", 404, "job could not be found", List.of()),
                        new Row("foreign", K1 + "/job/" + foreign, 401, "job could not be found", List.of()))
                .map(row -> DynamicTest.dynamicTest(row.rule(), () -> {
                    List<String> headers = new ArrayList<>(List.of(TOKENS));
                    headers.addAll(row.headers());
                    HttpResponse<String> response = requests.get(row.path(), headers.toArray(String[]::new));
                    assertThat(response.body()).isEqualTo(row.text());
                    assertThat(response.statusCode()).isEqualTo(row.status());
                }));
    }

    @Test
    void aJobIsFlatAndCanBeRequeuedOnceDead() {
        broadcast("m1");
        List<LeasedJob> jobs = node.lease(pull, 1);
        String path = K1 + "/job/" + jobs.get(0).id();
        JsonNode inFlight = requests.json(path, TOKENS);
        assertThat(inFlight.path("Status").asText()).isEqualTo("INFLIGHT");
        assertThat(inFlight.path("JobRequeueURL").asText()).isEmpty();
        assertThat(requests.post(path + "/requeue-dead-job", "", TOKENS).body()).isEqualTo("job could not be found");

        node.bury(jobs);
        JsonNode dead = requests.json(path, TOKENS);
        ((ObjectNode) dead).put("StatusChangedAt", "T");
        assertThat(dead.toString())
                .isEqualTo("{\"ListenerEndpoint\":\"http://host/k1\",\"ListenerName\":\"Cons k1\",\"Status\":\"DEAD\","
                        + "\"StatusChangedAt\":\"T\",\"MessageURL\":\"/channel/c1/message/m1\","
                        + "\"ChannelURL\":\"/channel/c1\",\"ConsumerURL\":\"/channel/c1/consumer/k1\","
                        + "\"ProducerURL\":\"/producer/p1\",\"JobRequeueURL\":\"" + path + "/requeue-dead-job\"}");

        HttpResponse<String> requeued = requests.post(path + "/requeue-dead-job", "", TOKENS);
        assertThat(requeued.statusCode()).isEqualTo(202);
        assertThat(requeued.body()).isEmpty();
        assertThat(requests.json(path, TOKENS).path("Status").asText()).isEqualTo("QUEUED");
        assertThat(requests.post(path + "/requeue-dead-job", "", TOKENS).statusCode())
                .isEqualTo(400);
    }

    @Test
    void aDeadJobOfAPushConsumerCanBeRequeuedToo() {
        broadcast("m1");
        List<LeasedJob> jobs = node.lease(push, 1);
        node.bury(jobs);
        String path = "/channel/c1/consumer/k2/job/" + jobs.get(0).id() + "/requeue-dead-job";
        assertThat(requests.post(path, "", TOKENS).statusCode()).isEqualTo(202);
    }

    @Test
    void deadLettersAreListedInPagesAndRequeuedTogether() {
        String dlq = K1 + "/dlq";
        assertThat(requests.json(dlq).toString()).isEqualTo("{\"DeadJobs\":[],\"Pages\":{}}");
        IntStream.range(0, 30).forEach(i -> broadcast("m" + i));
        node.bury(node.lease(pull, 30));

        JsonNode first = requests.json(dlq);
        JsonNode newest = first.path("DeadJobs").get(0);
        assertThat(keys(newest))
                .containsExactly(
                        "ListenerEndpoint", "ListenerName", "Status", "StatusChangedAt", "MessageURL", "JobRequeueURL");
        assertThat(newest.path("JobRequeueURL").asText()).matches(K1 + "/job/[0-9a-v]{20}/requeue-dead-job");
        JsonNode second = requests.json(first.path("Pages").path("next").asText());
        List<String> messages = each(first.path("DeadJobs"), "MessageURL");
        messages.addAll(each(second.path("DeadJobs"), "MessageURL"));
        assertThat(messages)
                .containsExactlyElementsOf(IntStream.range(0, 30)
                        .mapToObj(i -> "/channel/c1/message/m" + (29 - i))
                        .toList());

        assertThat(requests.post(dlq, "requeue=kt", "Content-Type", "text/plain")
                        .statusCode())
                .isEqualTo(415);
        assertThat(requests.post(dlq, "requeue=x", FORM).statusCode()).isEqualTo(400);
        assertThat(requests.post(dlq, "", FORM).body()).isEqualTo("`requeue` form param must match consumer token");
        assertThat(requests.post("/channel/c1/consumer/k9/dlq", "requeue=kt", FORM)
                        .statusCode())
                .isEqualTo(404);
        assertThat(requests.post(dlq, "requeue=kt", FORM).statusCode()).isEqualTo(202);
        assertThat(requests.post(dlq, "requeue=kt", FORM).statusCode()).isEqualTo(202);
        assertThat(requests.json(dlq).path("DeadJobs")).isEmpty();
        assertThat(node.lease(pull, 100)).hasSize(30);
    }

    @Test
    void jobsAreCountedByConsumerAndState() {
        assertThat(requests.json("/job-status").toString()).isEqualTo("{}");
        IntStream.range(0, 10).forEach(i -> broadcast("m" + i));
        node.deliver(node.lease(pull, 3));
        node.bury(node.lease(pull, 2));
        node.lease(pull, 1);

        JsonNode channel = requests.json("/job-status").path("c1");
        JsonNode states = channel.path(pull.id().toString());
        assertThat(each(states, "status")).containsExactly("1001", "1002", "1003", "1004");
        assertThat(each(states, "count")).containsExactly("4", "1", "3", "2");
        assertThat(each(channel.path(push.id().toString()), "count")).containsExactly("10");
        for (JsonNode state : states) {
            assertThat(keys(state)).containsExactly("status", "count", "oldestItemTimestamp", "newestItemTimestamp");
            assertThat(state.path("oldestItemTimestamp").asText())
                    .matches("20.*Z")
                    .isLessThanOrEqualTo(state.path("newestItemTimestamp").asText());
        }
    }

    @Test
    void theStatusNamesWhatIsRegisteredButNoToken() {
        HttpResponse<String> response = requests.get("/_status");
        assertThat(response.body()).doesNotContain("\"ct\"", "\"pt\"", "\"kt\"", "Token");
        JsonNode status = requests.json("/_status");
        assertThat(status.path("AppStatus").asInt()).isEqualTo(1);
        assertThat(keys(status.path("SeedData"))).containsExactly("DataHash", "Producers", "Channels", "Consumers");
        assertThat(status.path("SeedData").path("Channels").toString())
                .isEqualTo("[{\"ID\":\"c1\",\"Name\":\"Chan\"}]");
        JsonNode consumer = status.path("SeedData").path("Consumers").get(0);
        assertThat(keys(consumer)).containsExactly("ID", "Name", "CallbackURL", "Channel", "Type");
        assertThat(consumer.path("CallbackURL").toString())
                .isEqualTo("{\"Scheme\":\"http\",\"Opaque\":\"\",\"User\":null,\"Host\":\"host\",\"Path\":\"/k1\","
                        + "\"RawPath\":\"\",\"OmitHost\":false,\"ForceQuery\":false,\"RawQuery\":\"\","
                        + "\"Fragment\":\"\",\"RawFragment\":\"\"}");
    }

    private int count(String query) {
        return requests.json("/channel/c1/messages" + query).path("Result").size();
    }

    private void broadcast(String id, String... headers) {
        List<String> all = new ArrayList<>(List.of("X-Broker-Message-ID", id));
        all.addAll(List.of(headers));
        assertThat(requests.broadcast("hé ✓", all.toArray(String[]::new)).statusCode())
                .isEqualTo(201);
    }

    private static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static List<String> each(JsonNode array, String key) {
        List<String> values = new ArrayList<>();
        array.forEach(element -> values.add(element.path(key).asText()));
        return values;
    }
}
