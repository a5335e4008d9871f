package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.contract.OpenApiDocument.Documented;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.ServedRoutes.Route;

/** The document and the service say the same: every route, every status, every body. */
final class OpenApiTest {
    private static final String CURSOR = "ZGMzMHI0dHFtZDJwbTM1cmM4Ymd8MjAyNi0xMS0yNFQyMjoyMDowMlo%3D";
    private static final String BOTH = "?next=" + CURSOR + "&previous=" + CURSOR;
    private static final String TOO_LARGE = "x=" + "y".repeat(10 << 20);
    private static final String CALLBACK = "token=kt&callbackUrl=http://127.0.0.1:1/";
    private static final String WRONG_TOKEN = "X-Broker-Channel-Token: wrong";

    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    private final RawClient client = contract.client();
    private final OpenApiDocument document =
            new OpenApiDocument(Json.parse(client.get("/openapi.json").body()));

    @Test
    void itIsServedWithItsTypeAndLengthToGetAndHead() {
        Answer get = client.get("/openapi.json");
        Answer head = client.send("HEAD /openapi.json", "");
        Expected.status(200).has("Content-Type", "application/json").check(get);
        assertThat(get.header("Content-Length"))
                .isEqualTo(Integer.toString(get.body().getBytes(StandardCharsets.UTF_8).length));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.header("Content-Length")).isEqualTo(get.header("Content-Length"));
        assertThat(document.root().path("openapi").asText()).startsWith("3.1.");
    }

    @Test
    void itHasEveryRouteOfTheServiceAndNoOther() {
        Set<String> served =
                contract.broker().routes().stream().map(Route::toString).collect(Collectors.toCollection(TreeSet::new));
        assertThat(document.routes()).isEqualTo(served);
    }

    @Test
    void itsReferencesLeadSomewhereAndItsComponentsAreUsed() {
        Set<String> used = new HashSet<>();
        document.root().findValuesAsText("$ref").forEach(reference -> {
            assertThat(document.root().at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
            used.add(reference);
        });
        document.root()
                .path("components")
                .properties()
                .forEach(kind -> kind.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                name -> assertThat(used).contains("#/components/" + kind.getKey() + "/" + name)));
        List<String> ids = document.operations().stream()
                .map(OpenApiDocument.Operation::id)
                .toList();
        assertThat(ids).doesNotHaveDuplicates().doesNotContain("");
    }

    @Test
    void everyParameterOfAPathIsDescribed() {
        for (OpenApiDocument.Operation operation : document.operations()) {
            Set<String> described = new TreeSet<>();
            operation.node().path("parameters").forEach(parameter -> {
                JsonNode whole = document.resolve(parameter);
                if (whole.path("in").asText().equals("path")) {
                    described.add("{" + whole.path("name").asText() + "}");
                }
            });
            Set<String> wanted = Stream.of(operation.route().template().split("/", -1))
                    .filter(segment -> segment.startsWith("{"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(described).as(operation.route().toString()).isEqualTo(wanted);
        }
    }

    @Test
    void itsExamplesAreValid() {
        List<JsonNode> media = new ArrayList<>();
        document.root().findValues("content").forEach(content -> content.forEach(media::add));
        document.root().path("components").path("parameters").forEach(media::add);
        assertThat(media).isNotEmpty();
        for (JsonNode one : media) {
            if (one.has("example")) {
                document.validate(one.path("schema"), one.path("example"));
            }
            one.path("examples").forEach(example -> document.validate(one.path("schema"), example.path("value")));
        }
    }

    @TestFactory
    Stream<DynamicTest> eachDocumentedStatusIsAnsweredAsDocumented() {
        Map<Documented, Supplier<Answer>> walk = walk();
        Set<Documented> walked = new TreeSet<>(walk.keySet());
        happy("c").keySet().forEach(operation -> walked.add(new Documented(operation, 503)));
        return Stream.concat(
                Stream.of(DynamicTest.dynamicTest(
                        "every documented status is walked",
                        () -> assertThat(walked).isEqualTo(document.answers()))),
                walk.entrySet().stream()
                        .map(step -> DynamicTest.dynamicTest(
                                step.getKey().toString(),
                                () -> document.check(
                                        step.getKey(), step.getValue().get()))));
    }

    @Test
    void withoutDatabaseEachIs503AsDocumented() {
        String channel = contract.channel();
        contract.pull(channel, "k");
        contract.message(channel, "m");
        contract.line().cut();
        try {
            happy(channel)
                    .forEach((operation, question) -> document.check(new Documented(operation, 503), question.get()));
        } finally {
            contract.line().mend();
        }
        await().until(() -> client.get("/_status").status() == 200);
    }

    /** For each operation that needs the database, a request that would succeed. */
    private Map<String, Supplier<Answer>> happy(String channel) {
        String k = channel + "/consumer/k";
        Map<String, Supplier<Answer>> happy = new HashMap<>();
        happy.put("listProducers", () -> client.get("/producers"));
        happy.put("getProducer", () -> client.get("/producer/p1"));
        happy.put("putProducer", () -> client.put("/producer/new", ""));
        happy.put("listChannels", () -> client.get("/channels"));
        happy.put("getChannel", () -> client.get(channel));
        happy.put("putChannel", () -> client.put("/channel/new", ""));
        happy.put("listConsumers", () -> client.get(channel + "/consumers"));
        happy.put("getConsumer", () -> client.get(k));
        happy.put("putConsumer", () -> client.put(channel + "/consumer/new", CALLBACK));
        happy.put("deleteConsumer", () -> client.send("DELETE " + k, "", "If-Unmodified-Since: x"));
        happy.put("broadcast", () -> contract.broadcast(channel, "hi"));
        happy.put("listMessages", () -> client.get(channel + "/messages"));
        happy.put("getMessage", () -> client.get(channel + "/message/m"));
        happy.put("countMessages", () -> client.get(channel + "/messages-status"));
        String job = k + "/job/dc30r4tqmd2pm35rc8bg";
        happy.put("getJob", () -> client.get(job, ContractBroker.TOKENS));
        happy.put("requeueDeadJob", () -> client.send("POST " + job + "/requeue-dead-job", "", ContractBroker.TOKENS));
        happy.put("listDeadLetters", () -> client.get(k + "/dlq"));
        happy.put("requeueDeadLetters", () -> client.form("POST " + k + "/dlq", "requeue=kt"));
        happy.put("getStatus", () -> client.get("/_status"));
        happy.put("countJobs", () -> client.get("/job-status"));
        return happy;
    }

    private static final class Steps {
        private final Map<Documented, Supplier<Answer>> steps = new LinkedHashMap<>();

        Steps step(String operation, int status, Supplier<Answer> question) {
            assertThat(steps.put(new Documented(operation, status), question)).isNull();
            return this;
        }
    }

    /** How to get each status from each operation. */
    private Map<Documented, Supplier<Answer>> walk() {
        Steps steps = new Steps();
        registry(steps);
        broadcast(steps);
        jobs(steps);
        return steps.step("getStatus", 200, () -> client.get("/_status"))
                .step("countJobs", 200, () -> client.get("/job-status"))
                .step("getMetrics", 200, () -> client.get("/metrics"))
                .step("getMetrics", 400, () -> client.get("/metrics?name[]=%zz"))
                .step("getOpenApi", 200, () -> client.get("/openapi.json"))
                .steps;
    }

    private void registry(Steps steps) {
        String channel = contract.channel();
        String k = contract.push(channel, "k", Behavior.status(200));
        contract.awaitStates(contract.message(channel, "m"), "DELIVERED");
        String idle = contract.pull(channel, "idle");
        steps.step("listProducers", 200, () -> client.get("/producers"))
                .step("listProducers", 400, () -> client.get("/producers" + BOTH))
                .step("getProducer", 200, () -> client.get("/producer/p1"))
                .step("getProducer", 404, () -> client.get("/producer/none"))
                .step("putProducer", 200, () -> client.put("/producer/walked", ""))
                .step("putProducer", 400, () -> client.put("/producer/p1", ""))
                .step("putProducer", 412, () -> client.put("/producer/p1", "", "If-Unmodified-Since: x"))
                .step("putProducer", 413, () -> client.put("/producer/large", TOO_LARGE))
                .step("putProducer", 415, () -> client.send("PUT /producer/p1", ""))
                .step("listChannels", 200, () -> client.get("/channels"))
                .step("listChannels", 400, () -> client.get("/channels" + BOTH))
                .step("getChannel", 200, () -> client.get(channel))
                .step("getChannel", 404, () -> client.get("/channel/none"))
                .step("putChannel", 200, () -> client.put("/channel/walked", ""))
                .step("putChannel", 400, () -> client.put(channel, ""))
                .step("putChannel", 412, () -> client.put(channel, "", "If-Unmodified-Since: x"))
                .step("putChannel", 413, () -> client.put("/channel/large", TOO_LARGE))
                .step("putChannel", 415, () -> client.send("PUT /channel/large", ""))
                .step("listConsumers", 200, () -> client.get(channel + "/consumers"))
                .step("listConsumers", 400, () -> client.get(channel + "/consumers" + BOTH))
                .step("listConsumers", 404, () -> client.get("/channel/none/consumers"))
                .step("getConsumer", 200, () -> client.get(k))
                .step("getConsumer", 404, () -> client.get(channel + "/consumer/none"))
                .step("putConsumer", 200, () -> client.put(channel + "/consumer/walked", CALLBACK))
                .step("putConsumer", 400, () -> client.put(channel + "/consumer/bad", ""))
                .step("putConsumer", 404, () -> client.put("/channel/none/consumer/k", CALLBACK))
                .step("putConsumer", 412, () -> client.put(k, CALLBACK, "If-Unmodified-Since: x"))
                .step("putConsumer", 413, () -> client.put(channel + "/consumer/large", TOO_LARGE))
                .step("putConsumer", 415, () -> client.send("PUT " + k, ""))
                .step("deleteConsumer", 400, () -> client.send("DELETE " + k, ""))
                .step("deleteConsumer", 404, () -> client.send("DELETE " + channel + "/consumer/none", ""))
                .step("deleteConsumer", 409, () -> client.send("DELETE " + k, "", condition(k)))
                .step("deleteConsumer", 412, () -> client.send("DELETE " + k, "", "If-Unmodified-Since: x"))
                .step("deleteConsumer", 204, () -> client.send("DELETE " + idle, "", condition(idle)));
    }

    private String condition(String path) {
        return "If-Unmodified-Since: " + client.get(path).header("Last-Modified");
    }

    private void broadcast(Steps steps) {
        String channel = contract.channel();
        contract.pull(channel, "k");
        steps.step("broadcast", 201, () -> contract.broadcast(channel, "hi", "X-Broker-Message-ID: m"))
                .step("broadcast", 400, () -> contract.broadcast(channel, ""))
                .step("broadcast", 401, () -> contract.broadcast(channel, "hi", "X-Broker-Producer-ID: none"))
                .step("broadcast", 403, () -> contract.broadcast(channel, "hi", WRONG_TOKEN))
                .step("broadcast", 404, () -> contract.broadcast("/channel/none", "hi"))
                .step("broadcast", 409, () -> contract.broadcast(channel, "hi", "X-Broker-Message-ID: m"))
                .step(
                        "broadcast",
                        412,
                        () -> contract.broadcast(channel, "hi", "X-Broker-Scheduled-For: 2020-01-01T00:00:00Z"))
                .step("broadcast", 413, () -> brokenOff(channel, 1 << 24))
                .step("broadcast", 500, () -> brokenOff(channel, 1000))
                .step("listMessages", 200, () -> client.get(channel + "/messages"))
                .step("listMessages", 400, () -> client.get(channel + "/messages" + BOTH))
                .step("listMessages", 404, () -> client.get("/channel/none/messages"))
                .step("getMessage", 200, () -> client.get(channel + "/message/m"))
                .step("getMessage", 404, () -> client.get(channel + "/message/none"))
                .step("countMessages", 200, () -> client.get(channel + "/messages-status"));
    }

    private static Answer brokenOff(String channel, int length) {
        String request = "POST " + channel + "/broadcast HTTP/1.1\r\nHost: b\r\n"
                + String.join("\r\n", ContractBroker.TOKENS) + "\r\nContent-Length: " + length + "\r\n\r\nhalf";
        try (FuzzConnection connection = new FuzzConnection(contract.broker().port())) {
            return connection
                    .exchange(new FuzzRequest(0, "POST", request.getBytes(StandardCharsets.US_ASCII), true))
                    .get(0);
        }
    }

    private void jobs(Steps steps) {
        String channel = contract.channel();
        String k = contract.push(channel, "k", Behavior.status(500));
        String push = contract.push(channel, "push", Behavior.status(200));
        contract.awaitStates(contract.message(channel, "m"), "DELIVERED", "DEAD");
        String job = contract.deadJob(k);
        contract.makePull(k);
        String requeue = "POST " + job + "/requeue-dead-job";
        String dlq = "POST " + k + "/dlq";
        String foreign = job.replace(k, push);
        steps.step("getJob", 200, () -> client.get(job, ContractBroker.TOKENS))
                .step(
                        "getJob",
                        401,
                        () -> client.get(job.replace(k, channel + "/consumer/none"), ContractBroker.TOKENS))
                .step("getJob", 403, () -> client.get(job, ContractBroker.withTokens(WRONG_TOKEN)))
                .step("getJob", 404, () -> client.get(k + "/job/none", ContractBroker.TOKENS))
                .step("getJob", 412, () -> client.get(foreign, ContractBroker.TOKENS))
                .step("listDeadLetters", 200, () -> client.get(k + "/dlq"))
                .step("listDeadLetters", 400, () -> client.get(k + "/dlq" + BOTH))
                .step("listDeadLetters", 404, () -> client.get(channel + "/consumer/none/dlq"))
                .step(
                        "requeueDeadJob",
                        401,
                        () -> client.send("POST " + foreign + "/requeue-dead-job", "", ContractBroker.TOKENS))
                .step("requeueDeadJob", 403, () -> client.send(requeue, "", ContractBroker.withTokens(WRONG_TOKEN)))
                .step(
                        "requeueDeadJob",
                        404,
                        () -> client.send("POST " + k + "/job/none/requeue-dead-job", "", ContractBroker.TOKENS))
                .step("requeueDeadJob", 202, () -> client.send(requeue, "", ContractBroker.TOKENS))
                .step("requeueDeadJob", 400, () -> client.send(requeue, "", ContractBroker.TOKENS))
                .step("requeueDeadLetters", 202, () -> client.form(dlq, "requeue=kt"))
                .step("requeueDeadLetters", 400, () -> client.form(dlq, "requeue=wrong"))
                .step("requeueDeadLetters", 404, () -> client.form("POST /channel/none/consumer/k/dlq", "requeue=kt"))
                .step("requeueDeadLetters", 413, () -> client.form(dlq, TOO_LARGE))
                .step("requeueDeadLetters", 415, () -> client.send(dlq, "requeue=kt"));
    }
}
