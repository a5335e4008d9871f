package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.MariaDbExtension;

/** Contract 6.4: the state machine of a pull consumer's job, every pair of states. */
@Tag("slow")
final class JobStateChangeTest extends JobStateFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    private static final String INVALID = "invalid transition request";
    private static final String WITH_TIMEOUT = "timeout provided with invalid state";
    /** The changes that the contract's table accepts, besides the one to the same state. */
    private static final Map<String, List<String>> LEGAL = Map.of(
            "QUEUED", List.of("INFLIGHT"),
            "INFLIGHT", List.of("DELIVERED", "DEAD"),
            "DELIVERED", List.of(),
            "DEAD", List.of("INFLIGHT"));

    @TestFactory
    Stream<DynamicTest> everyPairOfStates() {
        return LEGAL.keySet().stream()
                .flatMap(from -> Stream.of("QUEUED", "INFLIGHT", "DELIVERED", "DEAD", "inflight", "")
                        .map(to -> DynamicTest.dynamicTest(from + " to '" + to + "'", () -> pair(from, to))));
    }

    /** The checks come in the contract's order: the body, the timeout, the present state, the table. */
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

    private long leaseMillis(String job) {
        return node.database.withHandle(handle -> handle.createQuery(
                        "SELECT TIMESTAMPDIFF(MICROSECOND, changed_at, due_at) DIV 1000 FROM job WHERE id = :id")
                .bind("id", Xid.parse(job).orElseThrow())
                .mapTo(Long.class)
                .one());
    }
}
