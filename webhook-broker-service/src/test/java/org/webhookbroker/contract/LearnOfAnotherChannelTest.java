package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.contract.OpenApiDocument.Operation;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.TestKeys;

/**
 * With keys on, whoever may not use a channel cannot find out whether it exists: not with the network alone, nor with the tokens or
 * keys of another channel. {@code theirs} exists, {@code absent} does not.
 */
@Tag("slow")
final class LearnOfAnotherChannelTest {
    @RegisterExtension
    static final KeyedBroker keyed = new KeyedBroker();

    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";

    /** What somebody may try besides, so that an answer would come from beyond the check. */
    static Stream<List<String>> attempts() {
        return Stream.of(
                List.of(),
                List.of(FORM, "If-Unmodified-Since: Tue, 24 Nov 2026 22:20:02 GMT"),
                List.of(
                        FORM,
                        "X-Broker-Producer-ID: mine",
                        "X-Broker-Channel-Token: " + KeyedBroker.token("channel", "mine"),
                        "X-Broker-Producer-Token: " + KeyedBroker.token("producer", "mine"),
                        "X-Broker-Consumer-Token: " + KeyedBroker.token("consumer", "mine")),
                List.of("X-Broker-Producer-ID: theirs", "X-Broker-Message-ID: theirs-O"),
                List.of("Authorization: Bearer wrong"),
                List.of("Authorization: Bearer " + keyed.key("register")),
                List.of("Authorization: Bearer " + keyed.key("broadcast"), "X-Broker-Producer-ID: theirs"),
                List.of("Authorization: Bearer " + keyed.key("consume"), FORM));
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void noOperationTellsWhetherItIsThere(List<String> headers) {
        OpenApiDocument document = new OpenApiDocument(
                Json.parse(keyed.stranger().get("/openapi.json").body()));
        int tried = 0;
        for (Operation operation : document.operations()) {
            String template = operation.route().template();
            if (template.contains("{channelId}") || template.contains("{producerId}")) {
                for (String body : List.of("requeue=" + KeyedBroker.token("consumer", "mine") + "&token=x", "{}")) {
                    String line = operation.route().method() + " " + template;
                    Map<String, String> theirs = asked(line, "theirs", body, headers);
                    assertThat(theirs).as(line + " " + body).isEqualTo(asked(line, "absent", body, headers));
                    assertThat(theirs.get("status")).as(line).matches("40[0135]|415");
                    tried++;
                }
            }
        }
        assertThat(tried).isGreaterThan(60);
    }

    /** The answer without what differs each time, nor the name that was asked for. */
    private static Map<String, String> asked(String line, String team, String body, List<String> headers) {
        String path = line.replace("{channelId}", team)
                .replace("{producerId}", team)
                .replace("{consumerId}", "pull")
                .replace("{jobId}", keyed.job("pull", "theirs"))
                .replace(
                        "{messageId}",
                        line.contains("scheduled") ? KeyedBroker.scheduled("theirs") : KeyedBroker.message("theirs"));
        Answer answer = keyed.stranger().at(unknownAddress()).send(path, body, headers.toArray(String[]::new));
        Map<String, String> seen = new TreeMap<>(answer.headers());
        seen.keySet().removeAll(List.of("Date", "X-Request-ID"));
        seen.put("status", Integer.toString(answer.status()));
        seen.put("body", answer.body().replace(team, "NAME"));
        return seen;
    }

    /** Wrong keys and tokens are counted by address: {@link WrongTokensTest}. */
    private static String unknownAddress() {
        int next = NEXT.incrementAndGet();
        return "127.1." + next / 250 + "." + (next % 250 + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"register", "broadcast", "consume"})
    void whatIsAboutAllChannelsIsNotShown(String role) {
        for (String path : List.of("/metrics", "/dlq-status", "/job-status")) {
            assertThat(keyed.as(role).get(path).status()).as(path).isEqualTo(403);
            assertThat(keyed.stranger().get(path).status()).as(path).isEqualTo(401);
        }
        for (RawClient client : List.of(keyed.as(role), keyed.stranger())) {
            Answer status = client.get("/_status");
            assertThat(status.status()).isEqualTo(200);
            assertThat(status.body())
                    .contains("\"Producers\":[],\"Channels\":[],\"Consumers\":[]", "\"AppStatus\":3")
                    .doesNotContain("theirs", "mine");
        }
        assertThat(keyed.as("read").get("/_status").body()).contains("\"ID\":\"theirs\"", "\"ID\":\"mine\"");
    }

    /** The admin port names channels and consumers to whoever may read them all. */
    @ParameterizedTest
    @MethodSource("attempts")
    void norDoesTheAdminPort(List<String> headers) {
        RawClient stranger = keyed.admin(
                headers.stream().filter(line -> !line.startsWith("X-Broker-")).toArray(String[]::new));
        for (String path : List.of("/metrics", "/prometheus", "/audit", "/threads", "/tasks", "/")) {
            assertThat(stranger.get(path).status()).as(path).isIn(401, 403, 429);
        }
        JsonNode all = Json.parse(keyed.admin(TestKeys.header(keyed.key("read")))
                .get("/healthcheck")
                .body());
        assertThat(all.findValuesAsText("timestamp")).isNotEmpty();
        for (String path : List.of("/healthcheck", "/healthcheck?pretty=true")) {
            Answer brief = stranger.get(path);
            assertThat(brief.status()).isEqualTo(200);
            assertThat(brief.header("Content-Type")).isEqualTo("application/json");
            assertThat(brief.body().replaceAll("\"[a-z0-9-]+\":\\{\"healthy\":true}", "x"))
                    .matches("\\{x(,x)*}");
            assertThat(Json.parse(brief.body()).size()).isEqualTo(all.size());
        }
        assertThat(stranger.get("/ping").body()).isEqualTo("pong\n");
        assertThat(stranger.get("/ready").body()).isEqualTo("ready\n");
    }

    /** Whole pages of what the key covers, and nothing between them. */
    @ParameterizedTest
    @ValueSource(strings = {"channel", "producer"})
    void listsShowWhatTheKeyCovers(String kind) {
        for (int i = 0; i < 30; i++) {
            keyed.as("register").put("/" + kind + "/mine-" + i, "");
            keyed.as("admin").put("/" + kind + "/theirs-" + i, "");
        }
        List<String> shown = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        String path = "/" + kind + "s";
        for (JsonNode page = page(path); !page.path("Result").isEmpty(); page = page(path)) {
            page.path("Result").forEach(link -> shown.add(link.asText()));
            sizes.add(page.path("Result").size());
            path = page.path("Pages").path("next").asText();
        }
        assertThat(shown)
                .hasSizeGreaterThanOrEqualTo(31)
                .doesNotHaveDuplicates()
                .allMatch(link -> link.startsWith("/" + kind + "/mine"));
        assertThat(sizes.get(0)).isEqualTo(25);
        String newestOfTheirs = Json.parse(
                        keyed.as("read").get("/" + kind + "s").body())
                .path("Pages")
                .path("previous")
                .asText();
        assertThat(page(newestOfTheirs.replace("previous", "next"))
                        .path("Result")
                        .size())
                .isEqualTo(25);
        assertThat(page(newestOfTheirs).path("Result")).isEmpty();
        assertThat(keyed.as("broadcast").get("/" + kind + "s").status()).isEqualTo(403);
    }

    private static JsonNode page(String path) {
        Answer answer = keyed.as("register").get(path);
        assertThat(answer.status()).isEqualTo(200);
        return Json.parse(answer.body());
    }

    /** A job of another channel is no more known than one that never was. */
    @Test
    void theIdOfAJobTellsNothing() {
        RawClient consume = keyed.as("consume");
        String never = "dc30r55qmd2pm35rc8q0";
        for (String line : List.of("GET ID", "POST ID", "DELETE ID", "POST ID/requeue-dead-job")) {
            for (String job : List.of(keyed.job("pull", "theirs"), keyed.job("push", "theirs"))) {
                assertThat(ofJob(consume, line, job)).isEqualTo(ofJob(consume, line, never));
                assertThat(ofJob(tokens(), line, job)).isEqualTo(ofJob(tokens(), line, never));
            }
        }
        for (String body : List.of("{\"Acks\":[\"ID.0.1\"]}", "{\"Releases\":[\"ID.0.1\"]}")) {
            String path = "POST /channel/mine/consumer/pull/jobs/settle";
            String theirs = keyed.job("pull", "theirs");
            assertThat(consume.send(path, body.replace("ID", theirs)).body().replace(theirs, "ID"))
                    .isEqualTo(
                            consume.send(path, body.replace("ID", never)).body().replace(never, "ID"));
        }
    }

    private static String ofJob(RawClient client, String line, String job) {
        Answer answer =
                client.send(line.replace("ID", "/channel/mine/consumer/pull/job/" + job), "{\"NextState\":\"QUEUED\"}");
        return answer.status() + answer.body();
    }

    /** A client of the contract, of channel {@code mine}. */
    private static RawClient tokens() {
        return keyed.stranger()
                .adding("X-Broker-Channel-Token: " + KeyedBroker.token("channel", "mine"))
                .adding("X-Broker-Consumer-Token: " + KeyedBroker.token("consumer", "mine"));
    }

    @Test
    void theIdOfAMessageTellsNothing() {
        RawClient broadcast = keyed.as("broadcast");
        for (String kind : List.of("message/", "scheduled-message/")) {
            String path = "/channel/mine/" + kind;
            assertThat(broadcast.get(path + KeyedBroker.message("theirs")).body())
                    .isEqualTo(broadcast.get(path + "never").body());
            assertThat(broadcast.get(path + KeyedBroker.scheduled("theirs")).status())
                    .isEqualTo(404);
        }
        Answer taken = broadcast.send(
                "POST /channel/mine/broadcast",
                "hi",
                "X-Broker-Producer-ID: mine",
                "X-Broker-Message-ID: " + KeyedBroker.message("theirs"));
        assertThat(taken.status()).isEqualTo(201);
    }

    /** Whoever has the token of a channel may ask for each producer, and whatever they guess of its token. */
    @ParameterizedTest
    @ValueSource(strings = {"POST broadcast", "PUT scheduled-message/mine-B", "DELETE scheduled-message/mine-B"})
    void aStrangerLearnsOfNoProducer(String line) {
        for (String token : List.of("X-Other: ", "X-Broker-Producer-Token: ", "X-Broker-Producer-Token: wrong")) {
            for (String producer : List.of("theirs", "absent", "mine")) {
                Answer answer = tokens().at(unknownAddress())
                        .send(line.replace(" ", " /channel/mine/"), "hi", token, "X-Broker-Producer-ID: " + producer);
                assertThat(answer.status()).as(producer).isEqualTo(403);
                assertThat(answer.body()).isEqualTo("producer token does not match");
            }
        }
        assertThat(tokens().send(line.replace(" ", " /channel/mine/"), "hi").status())
                .isEqualTo(401);
    }

    /** A path in another spelling is redirected by its form alone. */
    @ParameterizedTest
    @ValueSource(strings = {"/Channel/NAME", "//channel/NAME/", "/channel/NAME/Consumers", "/channel/NAME/../NAME"})
    void norDoesARedirect(String path) {
        for (RawClient client : List.of(keyed.stranger(), keyed.as("consume"))) {
            Answer theirs = client.get(path.replace("NAME", "theirs"));
            Answer absent = client.get(path.replace("NAME", "absent"));
            assertThat(theirs.status()).isEqualTo(absent.status());
            assertThat(theirs.header("Location").replace("theirs", "absent")).isEqualTo(absent.header("Location"));
        }
    }
}
