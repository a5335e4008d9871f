package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Xid;
import org.webhookbroker.delivery.RecountStore;
import org.webhookbroker.delivery.TallyStore;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.testing.MariaDbExtension;

/** Contract 6.4: the state machine of a pull consumer's job, every pair of states. */
final class JobStateChangeTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String INVALID = "invalid transition request";
    private static final String WITH_TIMEOUT = "timeout provided with invalid state";
    /** What the contract's table accepts, besides a state's own. */
    private static final Map<String, List<String>> LEGAL = Map.of(
            "QUEUED", List.of("INFLIGHT"),
            "INFLIGHT", List.of("DELIVERED", "DEAD"),
            "DELIVERED", List.of(),
            "DEAD", List.of("INFLIGHT"));

    private TestNode node;
    private PullClient client;
    private Consumer consumer;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb.database()).started();
        consumer = node.consumer("k1", ConsumerType.PULL);
        client = new PullClient(node, "k1");
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @TestFactory
    Stream<DynamicTest> everyPairOfStates() {
        return LEGAL.keySet().stream()
                .flatMap(from -> Stream.of("QUEUED", "INFLIGHT", "DELIVERED", "DEAD", "inflight", "")
                        .map(to -> DynamicTest.dynamicTest(from + " to '" + to + "'", () -> pair(from, to))));
    }

    private void pair(String from, String to) {
        String job = jobIn(from);
        String before = rows(job);
        HttpResponse<String> answer = client.move(job, to);

        boolean legal = LEGAL.getOrDefault(from, List.of()).contains(to);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(legal || from.equals(to) ? 202 : 400);
        assertThat(answer.body()).isEqualTo(legal || from.equals(to) ? "" : INVALID);
        assertThat(client.state(job)).isEqualTo(legal ? to : from);
        if (!legal) {
            assertThat(rows(job)).isEqualTo(before);
        }
        assertAccounted();
    }

    /** The order of checks is the contract's: the body, the timeout, the state it is in, the table. */
    @TestFactory
    Stream<DynamicTest> anIncrementalTimeoutGoesOnlyWithTheBeginningOfALease() {
        record Row(String from, String to, int timeout, int status, String text) {}
        return Stream.of(
                        new Row("QUEUED", "INFLIGHT", 10, 202, ""),
                        new Row("DEAD", "INFLIGHT", 10, 202, ""),
                        new Row("INFLIGHT", "INFLIGHT", 10, 400, WITH_TIMEOUT),
                        new Row("INFLIGHT", "INFLIGHT", 0, 202, ""),
                        new Row("INFLIGHT", "DELIVERED", 10, 400, WITH_TIMEOUT),
                        new Row("QUEUED", "QUEUED", 10, 400, WITH_TIMEOUT),
                        new Row("QUEUED", "what", 10, 400, WITH_TIMEOUT),
                        new Row("DELIVERED", "INFLIGHT", 10, 400, INVALID),
                        new Row("DELIVERED", "DELIVERED", 10, 400, WITH_TIMEOUT))
                .map(row -> DynamicTest.dynamicTest(row.toString(), () -> {
                    String job = jobIn(row.from());
                    HttpResponse<String> answer = client.change(
                            job, "{\"NextState\":\"" + row.to() + "\",\"IncrementalTimeout\":" + row.timeout() + "}");
                    assertThat(answer.statusCode()).isEqualTo(row.status());
                    assertThat(answer.body()).isEqualTo(row.text());
                }));
    }

    @TestFactory
    @Tag("G12")
    Stream<DynamicTest> whatIsNoStateChangeIsRefusedAndChangesNothing() {
        String job = jobIn("QUEUED");
        return Stream.of(
                        "",
                        " ",
                        "{",
                        "[]",
                        "\"INFLIGHT\"",
                        "{\"NextState\":\"INFLIGHT\"} x",
                        "{\"NextState\":1}",
                        "{\"NextState\":{}}",
                        "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":-1}",
                        "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":1.5}",
                        "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":1.0}",
                        "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":1e1}",
                        "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":\"10\"}",
                        "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":99999999999999999999}",
                        "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":true}",
                        "[".repeat(50_000),
                        "null",
                        "{}")
                .map(body -> DynamicTest.dynamicTest("body " + body.substring(0, Math.min(80, body.length())), () -> {
                    HttpResponse<String> answer = client.change(job, body);
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
                    assertThat(answer.body()).isNotEmpty().doesNotContain("Exception", "jackson");
                    assertThat(client.state(job)).isEqualTo("QUEUED");
                }));
    }

    @Test
    @Tag("G12")
    void aHugeBodyIsRefused() {
        String job = jobIn("QUEUED");
        assertThat(client.change(job, " ".repeat(70_000)).statusCode()).isEqualTo(413);
    }

    @Test
    void keysMatchInAnyLetterCaseAndUnknownOnesAreIgnored() {
        String job = jobIn("QUEUED");
        assertThat(client.change(job, "{\"x\":[1],\"nextstate\":\"INFLIGHT\",\"INCREMENTALTIMEOUT\":7}")
                        .statusCode())
                .isEqualTo(202);
        assertThat(rows(job)).contains("timeout=7");
    }

    @Test
    void aLeaseLastsTheDeliveryTimeoutTheRationalDelayAndWhatItsConsumerAdds() {
        String job = jobIn("QUEUED");
        assertThat(client.move(job, "INFLIGHT").statusCode()).isEqualTo(202);
        assertThat(leaseMillis(job)).isEqualTo(32_250);

        String longer = jobIn("QUEUED");
        client.change(longer, "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":10}");
        assertThat(leaseMillis(longer)).isEqualTo(42_250);
        assertThat(client.move(longer, "DEAD").statusCode()).isEqualTo(202);
        client.move(longer, "INFLIGHT");
        assertThat(leaseMillis(longer)).as("what was added stays with the job").isEqualTo(42_250);
        assertThat(rows(longer)).contains("attempts=1", "timeout=10");

        client.move(longer, "DEAD");
        client.change(longer, "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":2147483647}");
        assertThat(leaseMillis(longer)).isEqualTo(2147483647L * 1000 + 32_250);
    }

    @Test
    void aRequeuedDeadJobKeepsWhatWasAddedToItsLease() {
        String job = jobIn("QUEUED");
        client.change(job, "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":10}");
        client.move(job, "DEAD");
        assertThat(client.post("job/" + job + "/requeue-dead-job", "").statusCode())
                .isEqualTo(202);
        assertThat(client.queued("").get(0).path("IncrementalTimeout").asInt()).isEqualTo(10);
    }

    /** G4: of many workers that saw the same job one gets it. With a timeout the others are told, whenever they came. */
    @Test
    @Tag("G4")
    void oneOfManyTakesAJob() throws Exception {
        for (String from : List.of("QUEUED", "DEAD", "QUEUED", "DEAD")) {
            String job = jobIn(from);
            AtomicInteger timeouts = new AtomicInteger();
            List<Integer> won = together(12, () -> {
                int timeout = timeouts.incrementAndGet();
                String body = "{\"NextState\":\"INFLIGHT\",\"IncrementalTimeout\":" + timeout + "}";
                return client.change(job, body).statusCode() == 202 ? timeout : 0;
            });
            List<Integer> winners = won.stream().filter(timeout -> timeout > 0).toList();
            assertThat(winners).hasSize(1);
            assertThat(rows(job)).contains("timeout=" + winners.get(0) + " ");
            assertThat(rows(job)).contains("attempts=" + (from.equals("DEAD") ? 1 : 0));
        }
        assertAccounted();
    }

    @Test
    @Tag("G4")
    void oneOfManyEndsAJob() throws Exception {
        String job = jobIn("INFLIGHT");
        List<String> ends = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ends.add("DELIVERED");
            ends.add("DEAD");
        }
        CyclicBarrier start = new CyclicBarrier(ends.size());
        ExecutorService executor = Executors.newFixedThreadPool(ends.size());
        try {
            List<Future<Integer>> answers = ends.stream()
                    .map(end -> executor.submit(() -> {
                        start.await();
                        return client.move(job, end).statusCode();
                    }))
                    .toList();
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isIn(202, 400);
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(client.state(job)).isIn("DELIVERED", "DEAD");
        assertAccounted();
    }

    /** G2: after whatever their clients did, all jobs are accounted for. */
    @Test
    @Tag("G2")
    void everyJobIsAccountedForAfterARandomWalk() {
        Random random = new Random(7);
        List<String> jobs = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> jobs.add(client.broadcast("w" + i, i % 3)));
        List<String> states = List.of("QUEUED", "INFLIGHT", "DELIVERED", "DEAD");
        for (int step = 0; step < 300; step++) {
            String job = jobs.get(random.nextInt(jobs.size()));
            switch (random.nextInt(8)) {
                case 0 -> client.post("job/" + job + "/requeue-dead-job", "");
                case 1 -> client.letLeasesPass();
                case 2 -> client.lease("{\"Limit\":2}");
                default -> client.move(job, states.get(random.nextInt(4)));
            }
        }
        assertAccounted();
        TallyStore.Totals totals = totals();
        assertThat(totals.accepted()).isEqualTo(20);
        assertThat(totals.delivered() + totals.dead() + totals.live()).isEqualTo(20);
        assertThat(jobs).allSatisfy(job -> assertThat(client.state(job)).isIn(states));
    }

    @Test
    void theMessageAndTheCensusShowWhatAPullConsumerHas() {
        String job = client.broadcast("m1", 0);
        client.move(job, "INFLIGHT");
        Requests requests = new Requests(node);
        assertThat(requests.json("/channel/c1/message/m1")
                        .path("Jobs")
                        .get(0)
                        .path("Status")
                        .asText())
                .isEqualTo("INFLIGHT");
        assertThat(requests.json("/job-status")
                        .path("c1")
                        .path(consumer.id().toString())
                        .toString())
                .startsWith("[{\"status\":1002,\"count\":1,");
        client.letLeasesPass();
        await().until(() -> client.state(job).equals("QUEUED"));
        assertThat(requests.json("/job-status").toString()).contains("\"status\":1001,\"count\":1");
    }

    /** Until the next heartbeat starts another incarnation; whose jobs we might count is not ours to say. */
    @Test
    void aNodeThatWasTakenForDeadChangesNothingAndAsksToRepeat() {
        String job = jobIn("INFLIGHT");
        node.database.withHandle(handle -> handle.execute("UPDATE incarnation SET ended = TRUE"));
        HttpResponse<String> answer = client.move(job, "DELIVERED");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(client.state(job)).isEqualTo("INFLIGHT");
    }

    private String jobIn(String state) {
        String job = client.broadcast("m" + System.nanoTime(), 0);
        List<String> steps = switch (state) {
            case "INFLIGHT" -> List.of("INFLIGHT");
            case "DELIVERED" -> List.of("INFLIGHT", "DELIVERED");
            case "DEAD" -> List.of("INFLIGHT", "DEAD");
            default -> List.of();
        };
        steps.forEach(
                step -> assertThat(client.move(job, step).statusCode()).as(step).isEqualTo(202));
        assertThat(client.state(job)).isEqualTo(state);
        return job;
    }

    /** The job in whichever table. */
    private String rows(String job) {
        return node.database.withHandle(handle -> handle.createQuery("""
                        SELECT CONCAT('job holder=', holder, ' attempts=', attempts, ' timeout=', pull_timeout, ' ', changed_at)
                        FROM job WHERE id = :id
                        UNION ALL
                        SELECT CONCAT('delivered ', changed_at) FROM delivered_job WHERE id = :id
                        UNION ALL
                        SELECT CONCAT('dead attempts=', attempts, ' timeout=', pull_timeout, ' ', reason, changed_at)
                        FROM dead_job WHERE id = :id
                        """)
                .bind("id", Xid.parse(job).orElseThrow())
                .mapTo(String.class)
                .one());
    }

    private long leaseMillis(String job) {
        return node.database.withHandle(handle -> handle.createQuery(
                        "SELECT TIMESTAMPDIFF(MICROSECOND, changed_at, due_at) DIV 1000 FROM job WHERE id = :id")
                .bind("id", Xid.parse(job).orElseThrow())
                .mapTo(Long.class)
                .one());
    }

    private TallyStore.Totals totals() {
        return node.database.withHandle(handle -> new TallyStore().of(handle, consumer.id()));
    }

    private void assertAccounted() {
        TallyStore.Totals totals = totals();
        RecountStore.Recount found = node.database
                .<Map<Xid, RecountStore.Recount>, RuntimeException>inSnapshot(
                        handle -> new RecountStore().recount(handle, rows -> {}))
                .getOrDefault(consumer.id(), RecountStore.Recount.NONE);
        assertThat(found).isEqualTo(new RecountStore.Recount(totals.live(), totals.delivered(), totals.dead()));
    }

    private static List<Integer> together(int threads, Callable<Integer> work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(executor.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            List<Integer> results = new ArrayList<>();
            for (Future<Integer> each : running) {
                results.add(each.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }
}
