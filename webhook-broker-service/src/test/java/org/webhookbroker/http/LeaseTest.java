package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.Retries;
import org.webhookbroker.testing.MariaDbExtension;

/** Leasing, extending and settling many jobs at once, an addition to the contract. */
@Tag("slow")
final class LeaseTest extends LeaseFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    @Test
    void manyJobsAreLeasedAtOnceByOneWorkerEach() {
        IntStream.range(0, 30).forEach(i -> client.broadcast("m" + i, i % 2));
        List<JsonNode> first = client.lease("{\"Limit\":20,\"LeaseSeconds\":60}");
        List<JsonNode> second = client.lease("");

        assertThat(first).hasSize(20);
        assertThat(second).hasSize(10);
        assertThat(client.lease("{}")).isEmpty();
        List<String> ids = new ArrayList<>(PullClient.each(first, "ID"));
        ids.addAll(PullClient.each(second, "ID"));
        assertThat(ids).doesNotHaveDuplicates();
        JsonNode job = first.get(0);
        assertThat(job.path("Message").path("Payload").asText()).startsWith("payload of m");
        assertThat(job.path("Attempts").asInt()).isZero();
        assertThat(job.path("PossibleDuplicate").asBoolean(true)).isFalse();
        assertThat(job.path("LeasedUntil").asText()).matches("20.*Z");
        assertThat(client.state(job.path("ID").asText())).isEqualTo("INFLIGHT");
    }

    @Test
    void jobsAreAcknowledgedAndRefusedTogetherAndEachOutcomeIsTold() {
        List.of("m1", "m2", "m3", "m4").forEach(id -> client.broadcast(id, 0));
        List<JsonNode> jobs = client.lease("{\"Limit\":3}");
        String unknown = "dc30r55qmd2pm35rc8q0.0.1";

        List<JsonNode> result =
                client.result("jobs/settle", """
                {"Acks":["%s","%s"],"Nacks":[{"Receipt":"%s","DelaySeconds":3600,"Reason":"out of paper"}]}
                """.formatted(receipt(jobs, 0), unknown, receipt(jobs, 1)));

        assertThat(PullClient.each(result, "Receipt")).containsExactly(receipt(jobs, 0), unknown, receipt(jobs, 1));
        assertThat(PullClient.each(result, "Done")).containsExactly("true", "false", "true");
        assertThat(PullClient.each(result, "Status")).containsExactly("DELIVERED", "", "QUEUED");
        assertThat(client.state(id(jobs, 2))).isEqualTo("INFLIGHT");
        assertThat(client.queued("")).as("the refused one is not due").hasSize(1);
        assertThat(one("""
                SELECT CONCAT_WS('|', attempts, reason, detail, possible_duplicate,
                  TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(6), due_at))
                FROM job WHERE reason <> ''
                """)).isEqualTo("1|nacked|out of paper|1|59");
        TallyStore.Totals totals = totals();
        assertThat(List.of(totals.accepted(), totals.delivered(), totals.live()))
                .containsExactly(4L, 1L, 3L);
    }

    /** G7: also a job whose attempts are used up but for this one. */
    @Test
    @Tag("G7")
    void aJobThatIsReleasedMayBeTakenAtOnceAndHasSpentNoAttempt() {
        client.broadcast("m1", 0);
        for (int attempt = 0; attempt < 5; attempt++) {
            List<JsonNode> jobs = client.lease("{}");
            client.result(
                    "jobs/settle", "{\"Nacks\":[{\"Receipt\":\"%s\",\"DelaySeconds\":0}]}".formatted(receipt(jobs, 0)));
        }
        List<JsonNode> jobs = client.lease("{\"LeaseSeconds\":3600}");
        String release = "{\"Releases\":[\"%s\"]}".formatted(receipt(jobs, 0));

        JsonNode released = client.result("jobs/settle", release).get(0);
        JsonNode again = client.result("jobs/settle", release).get(0);
        List<JsonNode> next = client.lease("{}");

        assertThat(released.path("Done").asBoolean()).isTrue();
        assertThat(released.path("Status").asText()).isEqualTo("QUEUED");
        assertThat(again.path("Done").asBoolean(true)).as("the lease has ended").isFalse();
        assertThat(PullClient.each(next, "ID")).containsExactly(id(jobs, 0));
        assertThat(jobs.get(0).path("Attempts").asInt()).isEqualTo(5);
        assertThat(next.get(0).path("Attempts").asInt()).isEqualTo(5);
        assertThat(totals().live()).isEqualTo(1);
    }

    /** G4: a worker that lost its lease to another can neither end nor extend the other's lease. */
    @Test
    @Tag("G4")
    void aReceiptOfALeaseThatEndedChangesNothing() {
        client.broadcast("m1", 0);
        List<JsonNode> late = client.lease("{}");
        assertThat(client.letLeasesPass()).isEqualTo(1);
        await().until(() -> client.state(id(late, 0)).equals("QUEUED"));
        List<JsonNode> other = client.lease("{}");
        assertThat(other.get(0).path("Attempts").asInt()).isEqualTo(1);
        assertThat(other.get(0).path("PossibleDuplicate").asBoolean()).isTrue();

        for (String body : List.of(
                "{\"Acks\":[\"%s\"]}".formatted(receipt(late, 0)),
                "{\"Nacks\":[{\"Receipt\":\"%s\"}]}".formatted(receipt(late, 0)))) {
            JsonNode answer = client.result("jobs/settle", body).get(0);
            assertThat(answer.path("Done").asBoolean(true)).isFalse();
            assertThat(answer.path("Status").asText()).isEqualTo("INFLIGHT");
        }
        assertThat(client.result("jobs/extend", "{\"Receipts\":[\"%s\"]}".formatted(receipt(late, 0)))
                        .get(0)
                        .path("Done")
                        .asBoolean(true))
                .isFalse();

        assertThat(client.result("jobs/settle", "{\"Acks\":[\"%s\"]}".formatted(receipt(other, 0)))
                        .get(0)
                        .path("Done")
                        .asBoolean())
                .isTrue();
        assertThat(client.state(id(other, 0))).isEqualTo("DELIVERED");
    }

    /** G4: this holds even after a requeue, which makes the number of attempts the same again. */
    @Test
    @Tag("G4")
    void aReceiptFromBeforeARequeueChangesNothing() {
        String job = client.broadcast("m1", 0);
        String old = receipt(client.lease("{}"), 0);
        client.move(job, "DEAD");
        client.post("job/" + job + "/requeue-dead-job", "");
        List<JsonNode> again = client.lease("{}");
        assertThat(again.get(0).path("Attempts").asInt()).isZero();

        assertThat(client.result("jobs/settle", "{\"Acks\":[\"%s\"]}".formatted(old))
                        .get(0)
                        .path("Done")
                        .asBoolean(true))
                .isFalse();
        assertThat(client.state(job)).isEqualTo("INFLIGHT");
    }

    @Test
    void anotherConsumersReceiptChangesNothing() {
        node.consumer("k2", ConsumerType.PULL);
        client.broadcast("m1", 0);
        List<JsonNode> jobs = client.lease("{}");
        JsonNode answer = new PullClient(node, "k2")
                .result("jobs/settle", "{\"Acks\":[\"%s\"]}".formatted(receipt(jobs, 0)))
                .get(0);
        assertThat(answer.path("Done").asBoolean(true)).isFalse();
        assertThat(answer.path("Status").asText()).isEmpty();
        assertThat(client.state(id(jobs, 0))).isEqualTo("INFLIGHT");
    }

    @Test
    void anExtendedLeaseOutlivesItsFirstTime() {
        client.broadcast("m1", 0);
        List<JsonNode> jobs = client.lease("{\"LeaseSeconds\":1}");
        client.result("jobs/extend", "{\"Receipts\":[\"%s\"],\"LeaseSeconds\":7200}".formatted(receipt(jobs, 0)));
        assertThat(one("SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(6), due_at) FROM job"))
                .isEqualTo("119");
        assertThat(client.result("jobs/settle", "{\"Acks\":[\"%s\"]}".formatted(receipt(jobs, 0)))
                        .get(0)
                        .path("Done")
                        .asBoolean())
                .as("the receipt stays the same")
                .isTrue();
    }

    @Test
    void aJobIsDeadOnceItsConsumersRetriesAreUsedUp() {
        node.consumer("k1", ConsumerType.PULL, new Retries(OptionalInt.of(2), List.of(), Optional.empty()));
        String job = client.broadcast("m1", 0);
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThat(client.state(job)).isEqualTo("QUEUED");
            List<JsonNode> jobs = client.lease("{}");
            assertThat(jobs).hasSize(1);
            client.result(
                    "jobs/settle", "{\"Nacks\":[{\"Receipt\":\"%s\",\"DelaySeconds\":0}]}".formatted(receipt(jobs, 0)));
        }
        assertThat(client.state(job)).isEqualTo("DEAD");
        assertThat(one("SELECT CONCAT(reason, ' ', attempts) FROM dead_job")).isEqualTo("nacked 2");
        assertThat(totals().dead()).isEqualTo(1);
        assertThat(totals().live()).isZero();
    }

    @Test
    void withoutADelayOfItsOwnARefusedJobWaitsAsItsConsumersRetriesSay() {
        client.broadcast("m1", 0);
        List<JsonNode> jobs = client.lease("{}");
        client.result("jobs/settle", "{\"Nacks\":[{\"Receipt\":\"%s\"}]}".formatted(receipt(jobs, 0)));
        assertThat(Double.parseDouble(one("SELECT TIMESTAMPDIFF(MICROSECOND, changed_at, due_at) / 1000000 FROM job")))
                .isBetween(5.0, 5.5);
    }

    @TestFactory
    @Tag("G12")
    Stream<DynamicTest> badRequestsNameWhatIsWrongAndChangeNothing() {
        String job = client.broadcast("m1", 0);
        String receipt = receipt(client.lease("{}"), 0);
        record Row(String path, String body, String text) {}
        return Stream.of(
                        new Row("lease", "{", "JSON"),
                        new Row("lease", "null", "JSON object"),
                        new Row("lease", "[]", "JSON object"),
                        new Row("lease", "{} {}", "JSON"),
                        new Row("lease", "{\"Limit\":0}", "`Limit` is 0, not from 1 to 100"),
                        new Row("lease", "{\"Limit\":101}", "`Limit`"),
                        new Row("lease", "{\"Limit\":1.5}", "`Limit`"),
                        new Row("lease", "{\"Limit\":\"1\"}", "`Limit`"),
                        new Row("lease", "{\"Limit\":99999999999}", "`Limit`"),
                        new Row("lease", "{\"WaitSeconds\":21}", "`WaitSeconds` is 21, not from 0 to 20"),
                        new Row("lease", "{\"LeaseSeconds\":0}", "`LeaseSeconds`"),
                        new Row("lease", "{\"LeaseSeconds\":43201}", "`LeaseSeconds`"),
                        new Row("lease", "{\"Limits\":1}", "`Limits`"),
                        new Row("extend", "{}", "0 receipts"),
                        new Row("extend", "{\"Receipts\":\"x\"}", "`Receipts`"),
                        new Row("extend", "{\"Receipts\":[\"x\"]}", "`Receipts[0]`"),
                        new Row("extend", "{\"Receipts\":[null]}", "`Receipts[0]`"),
                        new Row("extend", "{\"Receipts\":[\"R\"],\"LeaseSeconds\":-1}", "`LeaseSeconds`"),
                        new Row("settle", "{\"Acks\":[\"R\",\"R\"]}", "twice"),
                        new Row("settle", "{\"Acks\":[\"R\"],\"Nacks\":[{\"Receipt\":\"R\"}]}", "twice"),
                        new Row("settle", "{\"Acks\":[\"R\"],\"Releases\":[\"R\"]}", "twice"),
                        new Row("settle", "{\"Releases\":[null]}", "`Releases[0]`"),
                        new Row("settle", "{\"Acks\":[\"R\"],\"Nacks\":[{}]}", "`Nacks[0]`"),
                        new Row("settle", "{\"Acks\":[\"R\"],\"Nacks\":[null]}", "`Nacks[0]`"),
                        new Row("settle", "{\"Nacks\":[{\"Receipt\":\"R\",\"DelaySeconds\":-1}]}", "`DelaySeconds`"),
                        new Row("settle", "{\"Nacks\":[{\"Receipt\":\"R\",\"Delay\":1}]}", "`Nacks[0].Delay`"),
                        new Row("settle", "{\"Acks\":[" + "\"x\",".repeat(10_000) + "\"x\"]}", "10000 JSON tokens"),
                        new Row("settle", "{\"Acks\":[" + "\"x\",".repeat(1000) + "\"x\"]}", "`Acks[0]`"))
                .map(row -> DynamicTest.dynamicTest(row.path() + " " + row.text(), () -> {
                    HttpResponse<String> answer =
                            client.post("jobs/" + row.path(), row.body().replace("\"R\"", "\"" + receipt + "\""));
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
                    assertThat(answer.body()).contains(row.text()).doesNotContain("Exception", "jackson");
                    assertThat(client.state(job)).isEqualTo("INFLIGHT");
                }));
    }

    @Test
    void aConsumerThatBecamePushMayStillEndItsLeases() {
        client.broadcast("m1", 0);
        List<JsonNode> jobs = client.lease("{}");
        node.database.inTransaction(handle -> {
            handle.execute("UPDATE registry_version SET version = version + 1");
            return handle.execute("UPDATE consumer SET type = 1");
        });
        node.registry.refresh();
        assertThat(client.post("jobs/lease", "{}").statusCode()).isEqualTo(412);
        assertThat(client.result("jobs/settle", "{\"Acks\":[\"%s\"]}".formatted(receipt(jobs, 0)))
                        .get(0)
                        .path("Status")
                        .asText())
                .isEqualTo("DELIVERED");
        assertThat(totals().delivered()).isEqualTo(1);
    }

    private TallyStore.Totals totals() {
        return node.database.withHandle(handle -> new TallyStore().of(handle, consumer.id()));
    }

    /** As for the answers of push consumers: one line, printable, in any script. */
    @Test
    void theReasonOfARefusalIsOneLine() {
        client.broadcast("m1", 0);
        List<JsonNode> jobs = client.lease("{\"Limit\":1}");

        client.result("jobs/settle", """
                {"Nacks":[{"Receipt":"%s","Reason":"Kein Papier f\u00fcr \u041e\u043b\u044f\\nforged \\u001b[2J\\u202e\\u2028"}]}
                """.formatted(receipt(jobs, 0)));

        assertThat(one("SELECT detail FROM job")).isEqualTo("Kein Papier f\u00fcr \u041e\u043b\u044f forged ?[2J? ");
    }

    private static String receipt(List<JsonNode> jobs, int index) {
        return jobs.get(index).path("Receipt").asText();
    }
}
