package org.webhookbroker.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** {@code GET /audit}. */
@Tag("slow")
class AuditReadsTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    private static final int STORED = 3000;

    private static AuditFixture audit;
    private static AuditTrail trail;
    private static List<JsonNode> all;

    @BeforeAll
    static void fill() {
        // Some entries below are old.
        audit = new AuditFixture(LocalBroker.start(mariaDb, "audit.days=0"));
        trail = new AuditTrail(mariaDb.database());
        for (int i = 0; i < STORED; i += 100) {
            int from = i;
            mariaDb.database().inTransaction(handle -> {
                IntStream.range(from, from + 100).forEach(n -> trail.record(handle, entry(n)));
                return true;
            });
        }
        all = walk("limit=1000");
    }

    /** Of several who did several things at several places. */
    private static AuditRecord entry(int n) {
        Target target =
                n % 3 == 0 ? Target.of(Target.Kind.PRODUCER, "p" + n % 7) : Target.consumer("c" + n % 5, "k" + n % 4);
        return Who.at("10.0.0." + n % 6)
                .doing(n % 2 == 0 ? Action.PUT : Action.REQUEUE)
                .on(target)
                .with(new Shown().and("n", Integer.toString(n)));
    }

    @AfterAll
    static void stop() {
        audit.close();
    }

    private static List<JsonNode> walk(String query) {
        List<JsonNode> found = new ArrayList<>();
        String link = "?" + query;
        while (link != null) {
            JsonNode page = audit.page(link);
            page.get("entries").forEach(found::add);
            String next = page.path("next").asText("");
            assertThat(next)
                    .satisfiesAnyOf(
                            text -> assertThat(text).isEmpty(),
                            text -> assertThat(text).startsWith("/audit?"));
            link = next.isEmpty() ? null : next.substring("/audit".length());
        }
        return found;
    }

    /** Texts of times have no order: one has no zeros at its end. */
    private static Instant at(JsonNode entry) {
        return Instant.parse(text(entry, "at"));
    }

    private static String text(JsonNode entry, String field) {
        return entry.path(field).asText("");
    }

    @Test
    void theNewestComeFirstAndAllOfThem() {
        assertThat(all).hasSize(STORED);
        assertThat(all).isSortedAccordingTo((a, b) -> text(b, "id").compareTo(text(a, "id")));
        assertThat(IntStream.range(0, STORED).boxed().toList())
                .containsExactlyInAnyOrderElementsOf(all.stream()
                        .map(entry -> entry.get("after").get("n").asInt())
                        .toList());
        assertThat(audit.entries("")).isEqualTo(all.subList(0, 100));
    }

    @ParameterizedTest
    @CsvSource({
        "actor=10.0.0.3, actor, 10.0.0.3",
        "action=requeue, action, requeue",
        "kind=consumer, kind, consumer",
        "target=k2, target, k2",
        "channel=c4, channel, c4"
    })
    void aFilterFindsWhatHasItAndNothingElse(String query, String field, String value) {
        assertFound(query, entry -> text(entry, field).equals(value));
    }

    @Test
    void filtersTogether() {
        assertFound(
                "actor=10.0.0.5&action=requeue&kind=consumer&target=k1&channel=c1",
                entry -> text(entry, "actor").equals("10.0.0.5")
                        && text(entry, "action").equals("requeue")
                        && text(entry, "kind").equals("consumer")
                        && text(entry, "target").equals("k1")
                        && text(entry, "channel").equals("c1"));
        assertThat(walk("actor=nobody")).isEmpty();
    }

    /** From the first on, before the second. */
    @Test
    void times() {
        String from = text(all.get(2000), "at");
        String to = text(all.get(1000), "at");
        assertFound("from=" + from, entry -> !at(entry).isBefore(Instant.parse(from)));
        assertFound("to=" + to, entry -> at(entry).isBefore(Instant.parse(to)));
        assertFound(
                "kind=producer&from=" + from + "&to=" + to,
                entry -> text(entry, "kind").equals("producer")
                        && !at(entry).isBefore(Instant.parse(from))
                        && at(entry).isBefore(Instant.parse(to)));
        assertThat(walk("from=" + to + "&to=" + from)).isEmpty();
    }

    private static void assertFound(String query, Predicate<JsonNode> wanted) {
        List<JsonNode> right = all.stream().filter(wanted).toList();
        assertThat(right).isNotEmpty();
        for (String limit : List.of("", "&limit=1000", "&limit=7")) {
            assertThat(walk(query + limit)).as(query + limit).isEqualTo(right);
        }
    }

    /** However few match, a page does not look at all there are. */
    @Test
    void aPageLooksAtABoundedNumberAndTheNextGoesOn() {
        AuditReads reads = new AuditReads(mariaDb.database());
        mariaDb.sql().execute("""
                INSERT INTO audit SELECT UNHEX(LPAD(HEX(seq), 24, '0')), '2020-01-01', 0, 'many', '', 'many', 'put', 'channel', 'm', 'm',
                  '', '', 'done', 1 FROM seq_1_to_25000
                """);
        mariaDb.sql().execute("UPDATE audit SET kind = 'key' WHERE id = UNHEX(LPAD(HEX(1), 24, '0'))");
        try {
            JsonNode first = audit.page("?actor=many&kind=key");
            assertThat(first.get("entries")).isEmpty();
            assertThat(first.path("next").asText()).startsWith("/audit?actor=many&kind=key&before=");
            assertThat(walk("actor=many&kind=key")).hasSize(1);
            assertThat(walk("actor=many&limit=1000")).hasSize(25_000);
            assertThat(reads.page(query("many")).entries()).hasSize(10);
        } finally {
            mariaDb.sql().execute("DELETE FROM audit WHERE actor = 'many'");
        }
    }

    private static AuditQuery query(String actor) {
        AuditQuery.Filters filters = new AuditQuery.Filters(
                Optional.of(actor), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        return new AuditQuery(filters, Optional.empty(), Optional.empty(), Optional.empty(), 10);
    }

    /** No entry that was there before is lost or comes twice, whatever is written meanwhile. */
    @Test
    void pagesAreCompleteWhileOthersWrite() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> writers = IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.runAsync(() -> {
                    while (!over.get()) {
                        mariaDb.database().inTransaction(handle -> {
                            trail.record(
                                    handle, Who.at("writer").doing(Action.PUT).on(Target.of(Target.Kind.CHANNEL, "w")));
                            return true;
                        });
                    }
                }))
                .toList();
        try {
            for (int i = 0; i < 3; i++) {
                List<String> found = walk("limit=97").stream()
                        .map(entry -> text(entry, "id"))
                        .toList();
                Set<String> ids = new HashSet<>(found);
                assertThat(ids)
                        .hasSameSizeAs(found)
                        .containsAll(
                                all.stream().map(entry -> text(entry, "id")).toList());
            }
        } finally {
            over.set(true);
            writers.forEach(CompletableFuture::join);
            mariaDb.sql().execute("DELETE FROM audit WHERE actor = 'writer'");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            limit=0        | "limit"
            limit=1001     | "limit"
            limit=x        | "limit"
            limit=1&limit=2 | "limit"
            before=x       | "before"
            from=yesterday | "from"
            to=2026        | "to"
            action=drop    | "action"
            kind=planet    | "kind"
            actr=x         | "actr"
            """)
    void whatCannotBeMeantIsRefusedByName(String query, String named) {
        Answer answer = audit.get("?" + query);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("Parameter " + named);
        assertThat(answer.header("Content-Type")).startsWith("text/plain");
    }

    @Test
    void aQueryThatIsBrokenIsRefused() {
        assertThat(audit.get("?actor=%zz").status()).isEqualTo(400);
    }

    /** Long texts make a short page, and none is lost. */
    @Test
    void anAnswerHasAMegabyteAtMost() {
        mariaDb.database().inTransaction(handle -> {
            for (int i = 0; i < 800; i++) {
                trail.record(
                        handle,
                        Who.at("long")
                                .doing(Action.PUT)
                                .on(Target.of(Target.Kind.CHANNEL, "l"))
                                .with(new Shown().and("a", "x".repeat(950)).and("b", "y".repeat(950))));
            }
            return true;
        });
        try {
            String answer = audit.get("?actor=long&limit=1000").body();
            assertThat(answer.length()).isBetween(1 << 20, (1 << 20) + 10_000);
            assertThat(walk("actor=long&limit=1000")).hasSize(800).doesNotHaveDuplicates();
        } finally {
            mariaDb.sql().execute("DELETE FROM audit WHERE actor = 'long'");
        }
    }

    /** However many ask at once, each gets an answer, and the others of the port do too. */
    @Test
    void aFloodOfReadersIsToldToComeAgain() {
        List<CompletableFuture<Integer>> answers = IntStream.range(0, 40)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> audit.get("?limit=1000").status(), task -> new Thread(task).start()))
                .toList();
        assertThat(answers.stream().map(CompletableFuture::join)).contains(200).isSubsetOf(200, 503);
        assertThat(audit.get("").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void itIsReadOnly(String method) {
        long before = mariaDb.sql().count("audit");
        assertThat(audit.admin
                        .raw(
                                method
                                        + " /audit HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                        .status())
                .isEqualTo(405);
        assertThat(mariaDb.sql().count("audit")).isEqualTo(before);
    }

    @Test
    void theGuardOfTheAdminPortHolds() {
        assertThat(audit.admin.get("/audit").status()).isEqualTo(403);
        assertThat(audit.api.get("/audit").status()).isEqualTo(404);
    }

    /** Each walks an index backwards, and sorts nothing. */
    @ParameterizedTest
    @CsvSource({
        "'', PRIMARY",
        "actor, audit_actor",
        "target, audit_target",
        "channel, audit_channel",
        "action, audit_action"
    })
    void eachReadHasItsIndex(String filter, String index) {
        Optional<String> some = Optional.of("p1");
        Optional<String> none = Optional.empty();
        AuditQuery query = new AuditQuery(
                new AuditQuery.Filters(
                        filter.equals("actor") ? some : none,
                        filter.equals("action") ? Optional.of(Action.PUT) : Optional.empty(),
                        Optional.empty(),
                        filter.equals("target") ? some : none,
                        filter.equals("channel") ? some : none),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                100);
        for (String statement : List.of(AuditReads.statement(query), AuditReads.floorStatement(query))) {
            String plan = mariaDb.database()
                    .withHandle(handle -> AuditReads.bind(handle.createQuery("EXPLAIN " + statement), query)
                            .bind("least", query.least())
                            .bind("limit", 100)
                            .bind("most", 100)
                            .mapToMap()
                            .list()
                            .toString());
            assertThat(plan).contains("key=" + index).doesNotContain("filesort", "temporary");
        }
    }
}
