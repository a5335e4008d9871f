package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.api.BrokerVersion;
import org.webhookbroker.contract.OpenApiDocument.Documented;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.ReceivedRequest;
import org.webhookbroker.testing.ServedRoutes.Route;

/** The document and the service say the same: every route, every status, every body. */
@Tag("slow")
final class OpenApiTest {
    static final String FORM = "Content-Type: application/x-www-form-urlencoded";

    private static final String CALLBACK = "token=kt&callbackUrl=http://127.0.0.1:1/";

    @RegisterExtension
    static final ContractBroker contract = new ContractBroker(
                    "server.applicationConnectors[0].requestIdleTimeout=2s", "intake.minScheduleDelay=0s")
            .with("QUOTA_CONSUMERS", "[{channel: full, id: k, liveJobs: 1, whenFull: refuses}]");

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
                .findValues("security")
                .forEach(all -> all.forEach(one ->
                        one.fieldNames().forEachRemaining(name -> used.add("#/components/securitySchemes/" + name))));
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
    void payloadsAreBytesAndTokensAreSecrets() {
        assertThat(document.root().at("/info/version").asText()).isEqualTo(BrokerVersion.CURRENT);
        JsonNode broadcast = document.root().at("/paths/~1channel~1{channelId}~1broadcast/post");
        JsonNode hook = document.root().at("/webhooks/message/post");
        for (JsonNode operation : List.of(broadcast, hook)) {
            JsonNode content = operation.path("requestBody").path("content");
            assertThat(content.fieldNames().next()).isEqualTo("application/octet-stream");
            content.forEach(type -> assertThat(
                            document.resolve(type.path("schema")).path("format").asText())
                    .isEqualTo("binary"));
        }
        assertThat(broadcast.path("security").toString())
                .isEqualTo("[{\"ChannelToken\":[],\"ProducerToken\":[]},"
                        + "{\"ChannelToken\":[],\"ProducerToken\":[],\"Signature\":[]},"
                        + "{\"Key\":[]},{\"Key\":[],\"Signature\":[]}]");
        assertThat(document.root().at("/components/securitySchemes/Key/scheme").asText())
                .isEqualTo("bearer");
        document.root().at("/components/securitySchemes").forEach(scheme -> {
            if (scheme.has("scheme")) {
                return;
            }
            assertThat(scheme.path("in").asText()).isEqualTo("header");
            assertThat(document.root().findValuesAsText("name").stream()
                            .filter(scheme.path("name").asText()::equals))
                    .as("no operation has it as a parameter too; the webhook has one of them")
                    .hasSize(scheme.path("name").asText().contains("Consumer") ? 2 : 1);
        });
    }

    /** What the document says of the webhook, against what a consumer gets. */
    @Test
    void theWebhookHasTheHeadersThatADeliveryHas() {
        String channel = contract.channel();
        contract.push(channel, "hooked", Behavior.status(204));
        contract.awaitStates(contract.message(channel, "m"), "DELIVERED");
        ReceivedRequest received = contract.consumers().requests().stream()
                .filter(request -> request.headers("X-Broker-Channel-ID").contains(channel.replaceAll(".*/", "")))
                .findFirst()
                .orElseThrow();
        document.root().at("/webhooks/message/post/parameters").forEach(parameter -> {
            if (parameter.path("required").asBoolean()) {
                assertThat(received.headers(parameter.path("name").asText()))
                        .as(parameter.path("name").asText())
                        .hasSize(1);
            }
        });
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
        Map<Documented, Supplier<Answer>> walk = new OpenApiWalk(contract).steps();
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
        happy.put("countDeadLetters", () -> client.get("/dlq-status"));
        happy.put("purgeDeadLetters", () -> client.send("DELETE " + k + "/dlq", "", ContractBroker.TOKENS));
        happy.put(
                "deleteDeadJob",
                () -> client.send("DELETE " + k + "/job/dc30r55qmd2pm35rc8q0", "", ContractBroker.TOKENS));
        happy.put("listProducers", () -> client.get("/producers"));
        happy.put("getProducer", () -> client.get("/producer/p1"));
        happy.put("putProducer", () -> client.put("/producer/new", ""));
        happy.put("patchProducer", () -> client.send("PATCH /producer/new", "", FORM, "If-Unmodified-Since: x"));
        happy.put("deleteProducer", () -> client.send("DELETE /producer/new", "", "If-Unmodified-Since: x"));
        happy.put("patchChannel", () -> client.send("PATCH " + channel, "", FORM, "If-Unmodified-Since: x"));
        happy.put("deleteChannel", () -> client.send("DELETE " + channel, "", "If-Unmodified-Since: x"));
        happy.put("patchConsumer", () -> client.send("PATCH " + k, "", FORM, "If-Unmodified-Since: x"));
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
        String scheduled = channel + "/scheduled-message/s";
        String later = "X-Broker-Scheduled-For: 2999-01-01T00:00:00Z";
        happy.put("listScheduledMessages", () -> client.get(channel + "/scheduled-messages"));
        happy.put("getScheduledMessage", () -> client.get(scheduled));
        happy.put("reschedule", () -> client.send("PUT " + scheduled, "", ContractBroker.withTokens(later)));
        happy.put("cancelScheduledMessage", () -> client.send("DELETE " + scheduled, "", ContractBroker.TOKENS));
        happy.put("countMessages", () -> client.get(channel + "/messages-status"));
        String job = k + "/job/dc30r4tqmd2pm35rc8bg";
        happy.put("getJob", () -> client.get(job, ContractBroker.TOKENS));
        happy.put("requeueDeadJob", () -> client.send("POST " + job + "/requeue-dead-job", "", ContractBroker.TOKENS));
        happy.put("changeJob", () -> client.send("POST " + job, "{}", ContractBroker.TOKENS));
        happy.put("listQueuedJobs", () -> client.get(k + "/queued-jobs", ContractBroker.TOKENS));
        happy.put("leaseJobs", () -> post(k + "/jobs/lease", ""));
        String settled = "[\"dc30r4tqmd2pm35rc8bg.0.1\"]}";
        happy.put("extendLeases", () -> post(k + "/jobs/extend", "{\"Receipts\":" + settled));
        happy.put("settleLeases", () -> post(k + "/jobs/settle", "{\"Acks\":" + settled));
        happy.put("rotateSecret", () -> client.form("POST " + k + "/rotate-secret", "", ContractBroker.TOKENS));
        happy.put("listDeadLetters", () -> client.get(k + "/dlq"));
        happy.put("requeueDeadLetters", () -> client.form("POST " + k + "/dlq", "requeue=kt"));
        happy.put("getStatus", () -> client.get("/_status"));
        happy.put("countJobs", () -> client.get("/job-status"));
        return happy;
    }

    private Answer post(String path, String json, String... headers) {
        return client.send("POST " + path, json, ContractBroker.withTokens(headers));
    }
}
