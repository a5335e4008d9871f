package org.webhookbroker.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.History;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.SettableClock;

/** Each change has an entry that says who, what, and what was before and after; and a line that says the same. */
@Tag("slow")
class AuditTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String K = "/channel/c/consumer/k";
    private static final String[] TOKENS = {"X-Broker-Channel-Token: ct-mark", "X-Broker-Consumer-Token: kt-mark"};
    /** Parts of secrets: none may be in an entry or in a line. */
    private static final String[] MARKS = {"-mark", "whb_", "whsec_", "whsk_"};

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock();
    private AuditFixture audit;

    @BeforeEach
    void start() {
        audit = new AuditFixture(LocalBroker.on(mariaDb)
                .at(clock)
                .start(
                        "retention.nodeName=n",
                        "retention.messageDays=1",
                        "retention.localPath=" + folder.toAbsolutePath()));
    }

    @AfterEach
    void stop() {
        audit.close();
        assertThat(mariaDb.sql()
                        .textOf("SELECT GROUP_CONCAT(before_values, after_values, target, actor_name) FROM audit"))
                .doesNotContain(MARKS);
        assertThat(audit.lines().toString()).doesNotContain(MARKS);
    }

    private void register() {
        audit.form("PUT /channel/c", "token=ct-mark");
        audit.form("PUT " + K, "token=kt-mark&callbackUrl=http://user:pw-mark@127.0.0.1:9/hook?key=q-mark");
    }

    private static void assertEntry(JsonNode entry, String action, String kind, String target, String outcome) {
        assertThat(List.of(
                        entry.get("action").asText(),
                        entry.get("kind").asText(),
                        entry.get("target").asText(),
                        entry.get("outcome").asText()))
                .containsExactly(action, kind, target, outcome);
        assertThat(entry.get("origin").asText()).isEqualTo("127.0.0.1");
        assertThat(Duration.between(Instant.parse(entry.get("at").asText()), Instant.now()))
                .isBetween(Duration.ofSeconds(-1), Duration.ofMinutes(2));
    }

    private void assertNewest(String action, String kind, String target, String before, String after) {
        JsonNode entry = audit.newest();
        assertEntry(entry, action, kind, target, "done");
        assertThat(entry.path("before").toString()).isEqualTo(before);
        assertThat(entry.path("after").toString()).isEqualTo(after);
        assertThat(entry.get("actor").asText()).isEqualTo("127.0.0.1");
        assertThat(audit.lines()).last().isEqualTo(entry);
    }

    @Test
    void aProducerAndAChannelFromTheirBeginningToTheirEnd() {
        for (String kind : List.of("producer", "channel")) {
            String path = "/" + kind + "/x";
            audit.form("PUT " + path, "token=a-mark");
            assertNewest("put", kind, "x", "", "{\"name\":\"x\",\"token\":\"set\"}");
            audit.form("PUT " + path, "token=b-mark&name=n");
            assertNewest(
                    "put", kind, "x", "{\"name\":\"x\",\"token\":\"set\"}", "{\"name\":\"n\",\"token\":\"changed\"}");
            audit.form("PATCH " + path, "name=m");
            assertNewest("patch", kind, "x", "{\"name\":\"n\"}", "{\"name\":\"m\"}");
            audit.form("DELETE " + path, "");
            assertNewest("delete", kind, "x", "{\"name\":\"m\",\"token\":\"set\"}", "");
        }
        assertThat(audit.newest().get("channel").asText()).isEqualTo("x");
        assertThat(audit.entries("")).hasSize(8);
        assertThat(audit.lines()).hasSize(8);
    }

    @Test
    void whatChangesNothingLeavesNothing() {
        register();
        audit.form("PUT /channel/c", "token=ct-mark");
        audit.form("PATCH " + K, "name=k");
        assertThat(audit.api.put("/channel/c", "token=other").status()).isEqualTo(400);
        assertThat(audit.api
                        .put("/channel/c", "token=%01", "If-Unmodified-Since: x")
                        .status())
                .isEqualTo(412);
        assertThat(audit.api.send("DELETE /channel/none", "").status()).isEqualTo(404);
        assertThat(audit.api.send("DELETE " + K + "/dlq", "", TOKENS).status()).isEqualTo(200);
        assertThat(audit.api.form("POST " + K + "/dlq", "requeue=kt-mark").status())
                .isEqualTo(202);
        assertThat(audit.entries("")).hasSize(2);
        assertThat(audit.lines()).hasSize(2);
    }

    @Test
    void aConsumerShowsNeitherItsTokenNorItsSecretsNorThoseOfItsUrl() {
        audit.form("PUT /channel/c", "token=ct-mark");
        audit.form("PUT " + K, "token=kt-mark&callbackUrl=http://user:pw-mark@127.0.0.1:9/hook?key=q-mark&signing=v1");
        assertNewest(
                "put",
                "consumer",
                "k",
                "",
                "{\"name\":\"k\",\"token\":\"set\",\"callbackUrl\":\"http://***@127.0.0.1:9/hook?***\",\"type\":\"push\","
                        + "\"signing\":\"v1\",\"signingSecret\":\"set\",\"sendToken\":\"true\"}");
        assertThat(audit.newest().get("channel").asText()).isEqualTo("c");
        audit.form("PATCH " + K, "callbackUrl=http://user:another-mark@127.0.0.1:9/hook?key=q-mark");
        assertNewest(
                "patch",
                "consumer",
                "k",
                "{\"callbackUrl\":\"http://***@127.0.0.1:9/hook?***\"}",
                "{\"callbackUrl\":\"(changed) http://***@127.0.0.1:9/hook?***\"}");
        assertThat(audit.api.form("POST " + K + "/rotate-secret", "", TOKENS).status())
                .isEqualTo(200);
        assertNewest(
                "rotate-secret",
                "consumer",
                "k",
                "{\"signingSecret\":\"set\"}",
                "{\"signingSecret\":\"changed\",\"previousSecrets\":\"set\"}");
        assertThat(audit.newest().get("name").asText()).isEqualTo("consumer c/k");
        audit.form("PATCH " + K, "signing=none&maxRetries=3&type=pull");
        assertNewest(
                "patch",
                "consumer",
                "k",
                "{\"type\":\"push\",\"signing\":\"v1\",\"signingSecret\":\"set\",\"previousSecrets\":\"set\"}",
                "{\"type\":\"pull\",\"maxRetries\":\"3\",\"signing\":\"none\",\"signingSecret\":\"removed\",\"previousSecrets\":\"removed\"}");
    }

    @Test
    void deadLettersOfAConsumer() {
        register();
        audit.form("PATCH " + K, "type=pull");
        List<Xid> jobs = dead(4);
        String job = K + "/job/" + jobs.get(0);
        assertThat(audit.api
                        .send("POST " + job + "/requeue-dead-job", "", TOKENS)
                        .status())
                .isEqualTo(202);
        assertNewest("requeue", "consumer", "k", "", "{\"job\":\"" + jobs.get(0) + "\"}");
        assertThat(audit.newest().get("name").asText()).isEqualTo("consumer c/k");
        assertThat(audit.api
                        .send("DELETE " + K + "/job/" + jobs.get(1), "", TOKENS)
                        .status())
                .isEqualTo(204);
        assertNewest("purge", "consumer", "k", "", "{\"job\":\"" + jobs.get(1) + "\"}");

        int lines = audit.lines().size();
        assertThat(audit.api.send("DELETE " + K + "/dlq", "", TOKENS).body()).isEqualTo("{\"deletedCount\":2}\n");
        assertNewest("purge", "consumer", "k", "", "");
        assertThat(audit.newest().get("count").asInt()).isEqualTo(2);
        // One when it had begun, in case that it never ends.
        assertThat(audit.lines()).hasSize(lines + 2);
        assertThat(audit.lines().get(lines).get("outcome").asText()).isEqualTo("begun");

        dead(3);
        assertThat(audit.api.form("POST " + K + "/dlq", "requeue=kt-mark").status())
                .isEqualTo(202);
        assertNewest("requeue", "consumer", "k", "", "");
        assertThat(audit.newest().get("count").asInt()).isEqualTo(3);

        audit.form("DELETE " + K + "?force=true", "");
        List<JsonNode> last = audit.entries("?limit=2");
        assertEntry(last.get(0), "delete", "consumer", "k", "done");
        assertEntry(last.get(1), "end-jobs", "consumer", "k", "done");
        assertThat(last.get(1).get("count").asInt()).isEqualTo(4);
    }

    private List<Xid> dead(int count) {
        return new Seed(mariaDb.database()).dead(id("channel"), id("consumer"), count, "status-500", Instant.now());
    }

    private static Xid id(String table) {
        return mariaDb.database()
                .withHandle(handle -> handle.createQuery("SELECT id FROM " + table)
                        .mapTo(Xid.class)
                        .one());
    }

    /** Each call, and beside it what it changed. */
    @Test
    void tasks() {
        register();
        audit.form("PATCH " + K, "signing=v1&type=pull");
        List<Xid> jobs = dead(5);
        assertTask("requeue?channel=c&consumer=k&job=" + jobs.get(0), "requeue", 1);
        assertTask("dead-letter-replay?channel=c&max=2&per-second=1000", "replay", 2);
        assertThat(audit.entries("?limit=1&action=replay").get(0).get("outcome").asText())
                .isEqualTo("unfinished");
        assertTask("requeue?channel=c&consumer=k", "requeue", 2);
        assertTask("rotate-secret?channel=c&consumer=k&overlap=0", "rotate-secret", 1);
        assertTask("why?channel=c&message=none", null, 0);
        assertThat(audit.newest().get("outcome").asText()).isEqualTo("refused");
        assertTask("accounting", null, 0);
        assertTask("incarnations", null, 0);
        assertTask("gc?runs=1", null, 0);
        assertTask("log-level?logger=x&level=INFO", null, 0);
        assertThat(audit.newest().get("after").toString()).isEqualTo("{\"level\":\"INFO\",\"logger\":\"x\"}");
        assertTask("none", null, 0);
        assertThat(audit.newest().get("outcome").asText()).isEqualTo("refused");
        assertThat(audit.entries("?action=task&limit=1000")).hasSize(10);
    }

    @Test
    void pruningAndRestoring() {
        register();
        audit.form("PATCH " + K, "type=pull");
        History old = new History(mariaDb.database(), Instant.now().minus(Duration.ofDays(31)));
        for (int i = 0; i < 5; i++) {
            old.message(
                    id("channel"),
                    id("channel"),
                    "m" + i,
                    "hi",
                    new History.Job(id("consumer"), History.State.DELIVERED));
        }
        assertTask("prune", "prune", 5);
        assertTask("restore?channel=c&consumer=k&dry-run=true", null, 0);
        assertTask("restore?channel=c&consumer=k&per-second=10000", "restore", 5);
        assertThat(audit.entries("?action=prune").get(0).get("kind").asText()).isEqualTo("messages");
        assertTask("prune", null, 0);
    }

    private void assertTask(String nameAndQuery, String change, int count) {
        int before = audit.entries("?limit=1000").size();
        audit.task(nameAndQuery);
        // The answer may be there before.
        await().until(() -> audit.entries("?limit=1000&action=task").stream()
                .noneMatch(entry -> entry.get("outcome").asText().equals("begun")));
        List<JsonNode> entries = audit.entries("?limit=1000");
        List<JsonNode> added = entries.subList(0, entries.size() - before);
        JsonNode task = added.get(added.size() - 1);
        assertEntry(
                task,
                "task",
                "task",
                nameAndQuery.replaceFirst("[?].*", ""),
                task.get("outcome").asText());
        assertThat(task.get("outcome").asText()).isIn("done", "refused");
        assertThat(added).hasSize(change == null ? 1 : 2);
        if (change != null) {
            assertThat(added.get(0).get("action").asText()).isEqualTo(change);
            assertThat(added.get(0).get("count").asInt()).as(nameAndQuery).isEqualTo(count);
        }
        await().untilAsserted(() -> assertThat(audit.lines()).last().isEqualTo(task));
    }

    /** Somebody may take a task for the API. */
    @Test
    void aSecretThatIsGivenToATaskIsNotRecorded() {
        audit.task("rotate-secret?channel=c&secret=x-mark&y=whsec_1");
        await().until(() -> !audit.newest().get("outcome").asText().equals("begun"));
        assertThat(audit.newest().get("after").toString())
                .isEqualTo("{\"channel\":\"c\",\"secret\":\"(not recorded)\",\"y\":\"(not recorded)\"}");
        assertThat(audit.newest().get("outcome").asText()).isEqualTo("refused");
    }

    /** Nor is one that is given for something else, or in its place. */
    @Test
    void aKeyIsNotRecordedWhateverItIsTakenFor() {
        audit.task("keys?do=revoke&id=whb_id-mark&key=key-mark&whb_x-mark&name=a&name=whsk_y-mark");
        audit.task("whb_task-mark");
        await().until(() -> audit.entries("").stream()
                .noneMatch(entry -> entry.get("outcome").asText().equals("begun")));
        assertThat(audit.entries("").get(1).get("after").toString())
                .isEqualTo("{\"do\":\"revoke\",\"id\":\"(not recorded)\",\"key\":\"(not recorded)\","
                        + "\"name\":\"(not recorded)\",\"(not recorded)\":\"(not recorded)\"}");
        assertThat(audit.newest().get("target").asText()).isEqualTo("(not recorded)");
    }

    /** The clock of the database orders what nodes do. */
    @Test
    void aNodeWhoseClockIsWrongDoesNotChangeTheOrder() {
        clock.jump(Duration.ofHours(30));
        audit.form("PUT /producer/a", "token=t");
        clock.jump(Duration.ofHours(-30));
        audit.form("PUT /producer/b", "token=t");
        try (LocalBroker other = LocalBroker.start(mariaDb)) {
            assertThat(other.client().put("/producer/c", "token=t").status()).isEqualTo(200);
            assertThat(audit.entries("?kind=producer"))
                    .extracting(entry -> entry.get("target").asText())
                    .containsExactly("c", "b", "a");
        }
        assertThat(audit.entries(""))
                .allSatisfy(entry -> assertThat(
                                Duration.between(Instant.parse(entry.get("at").asText()), Instant.now()))
                        .isLessThan(Duration.ofHours(1)));
    }

    @Test
    void seedData() throws IOException {
        audit.close();
        Path configuration = folder.resolve("config.yml");
        Files.writeString(
                configuration,
                Files.readString(Path.of("..", "config.yml"))
                        .replace("${SEED_PRODUCERS:-[]}", "[{id: p, token: p-mark}]"));
        audit = new AuditFixture(
                LocalBroker.on(mariaDb).configuredBy(configuration).start());
        await().until(() -> !audit.entries("").isEmpty());
        JsonNode entry = audit.newest();
        assertThat(entry.get("origin").asText()).isEqualTo("seed");
        assertThat(entry.get("after").toString()).isEqualTo("{\"name\":\"p\",\"token\":\"set\"}");
    }
}
