package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.TestKeys;

/** With keys on, a task of the admin port needs a key of the role operate or admin: neither the network nor another key does. */
final class RunATaskTest {
    @RegisterExtension
    static final KeyedBroker keyed = new KeyedBroker();

    /** All others are for admin, also those of the library. */
    private static final Set<String> OPERATE =
            Set.of("accounting", "dead-letter-replay", "incarnations", "prune", "requeue", "restore", "why");

    private static Set<String> tasks() {
        return keyed.admin(TestKeys.header(keyed.key("admin")))
                .get("/tasks")
                .body()
                .lines()
                .flatMap(line -> Stream.of(line.split("\\s+")))
                .filter(word -> word.matches("[a-z-]+"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static Stream<List<String>> whoMayNot() {
        return Stream.of(
                List.of(),
                List.of("Authorization: Bearer"),
                List.of("Authorization: Bearer whb_wrong"),
                List.of("Authorization: Basic " + keyed.key("admin")),
                List.of("Authorization: " + keyed.key("admin")),
                List.of("Authorization: Bearer " + keyed.key("admin") + "x"),
                List.of(TestKeys.header(keyed.key("admin")), TestKeys.header(keyed.key("admin"))),
                List.of(TestKeys.header(keyed.key("read")), TestKeys.header(keyed.key("admin"))),
                List.of("Cookie: Authorization=Bearer " + keyed.key("admin")),
                List.of(TestKeys.header(keyed.key("read"))),
                List.of(TestKeys.header(keyed.key("register"))),
                List.of(TestKeys.header(keyed.key("broadcast"))),
                List.of(TestKeys.header(keyed.key("consume"))),
                List.of(
                        "Cookie: x=" + KeyedBroker.token("channel", "mine"),
                        "Authorization: Bearer " + KeyedBroker.token("producer", "mine")));
    }

    @ParameterizedTest
    @MethodSource("whoMayNot")
    void nobodyElseRunsOne(List<String> headers) {
        Set<String> tasks = tasks();
        assertThat(tasks).contains("gc", "log-level", "keys", "rotate-secret").containsAll(OPERATE);
        for (String task : tasks) {
            for (String query : List.of("", "?access_token=" + keyed.key("admin"))) {
                Answer answer = keyed.admin(headers.toArray(String[]::new)).send("POST /tasks/" + task + query, "");
                assertThat(answer.status()).as(task).isIn(401, 403, 429);
                assertThat(answer.body()).as(task).endsWith("; nothing was done\n");
            }
        }
        for (String page : List.of("/threads", "/pprof?duration=1", "/", "/tasks/", "/tasks", "/anything")) {
            assertThat(keyed.admin(headers.toArray(String[]::new)).get(page).status())
                    .as(page)
                    .isIn(401, 403, 429);
        }
    }

    @Test
    void eachTaskSaysWhichKeyItNeeds() {
        RawClient operate = keyed.admin(TestKeys.header(keyed.key("operate")));
        Set<String> allowed = tasks().stream()
                .filter(task ->
                        operate.send("POST /tasks/" + task + "?nonsense=1", "").status() != 403)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(allowed).isEqualTo(new TreeSet<>(OPERATE));
        assertThat(operate.send("POST /tasks/none", "").status()).isEqualTo(403);
        RawClient admin = keyed.admin(TestKeys.header(keyed.key("admin")));
        assertThat(admin.send("POST /tasks/gc", "").body()).isEqualTo("Running GC...\nDone!\n");
        assertThat(admin.get("/threads").status()).isEqualTo(200);
        assertThat(admin.send("POST /tasks/none", "").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tasks;x/gc",
                "/%74asks/gc",
                "/healthcheck/../tasks/gc",
                "/healthcheck/%2e%2e/tasks/gc",
                "/healthcheck;/../tasks/gc",
                "/metrics/../tasks/gc",
                "/tasks/./gc",
                "//tasks/gc",
                "/tasks//gc",
                "/tasks/gc/"
            })
    void noSpellingOfThePathGetsAround(String path) {
        for (String role : List.of("", "operate", "read")) {
            RawClient client = role.isEmpty() ? keyed.admin() : keyed.admin(TestKeys.header(keyed.key(role)));
            assertThat(client.send("POST " + path, "").body()).doesNotContain("GC");
        }
    }

    /** Tasks are on the admin port alone. */
    @Test
    void thePortOfTheApiHasNone() {
        for (String task : tasks()) {
            assertThat(keyed.as("admin").send("POST /tasks/" + task, "").status())
                    .isEqualTo(404);
        }
    }

    /** Unless the setting says otherwise; the filter before it still refuses what it always has. */
    @Test
    void probesAreFreeAndMetricsAreForWhoeverReads() {
        RawClient read = keyed.admin(TestKeys.header(keyed.key("read")));
        for (String path : List.of("/healthcheck", "/ping", "/ready", "/metrics", "/prometheus")) {
            boolean isFree = List.of("/healthcheck", "/ping", "/ready").contains(path);
            assertThat(keyed.admin().get(path).status()).as(path).isEqualTo(isFree ? 200 : 401);
            assertThat(read.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(keyed.admin(TestKeys.header(keyed.key("admin")), "Origin: http://evil.test")
                        .send("POST /tasks/gc", "")
                        .status())
                .isEqualTo(403);
    }
}
