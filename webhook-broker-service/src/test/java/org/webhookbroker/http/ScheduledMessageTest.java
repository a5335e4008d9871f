package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.ProducerStore;
import org.webhookbroker.registry.RegistryWriter;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.testing.MariaDbExtension;

/** Contract 4.5, 7.3 to 7.5, and what is beyond it: to cancel and to reschedule. */
@Tag("G12")
final class ScheduledMessageTest {
    private static final String DUE = "2030-01-01T05:00:00Z";
    private static final String LIST = "/channel/c1/scheduled-messages";
    private static final String S1 = "/channel/c1/scheduled-message/s1";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private TestNode node;
    private Requests requests;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb.database()).started();
        requests = new Requests(node);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void acceptedHasTheLocationOfAScheduledMessage() {
        HttpResponse<String> response = schedule("s1", DUE);

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("Location")).contains(S1);
        assertThat(response.headers().firstValue("Content-Type")).isEmpty();
        assertThat(requests.get("/channel/c1/message/s1").statusCode()).isEqualTo(404);
        assertThat(requests.json("/channel/c1/messages").path("Result")).isEmpty();
        assertThat(node.intake.budget().used()).isZero();
    }

    @Test
    void withoutAnIdItGetsOne() {
        String location = schedule("", DUE).headers().firstValue("Location").orElseThrow();

        assertThat(location).matches("/channel/c1/scheduled-message/[0-9a-v]{19}[0g]");
        assertThat(requests.get(location).statusCode()).isEqualTo(200);
    }

    @Test
    void oneIsShownWithTheKeysOfTheContract() {
        requests.broadcast(
                "h\u00ef",
                "X-Broker-Message-ID",
                "s1",
                "X-Broker-Scheduled-For",
                "2030-01-01T11:00:00.25+06:00",
                "X-Broker-Message-Priority",
                "-7",
                "X-Broker-Metadata-Headers",
                "Trace,x-none",
                "trace",
                "00-a",
                "Content-Type",
                "application/json");

        HttpResponse<String> response = requests.get(S1);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.headers().firstValue("Last-Modified")).isEmpty();
        String id = requests.json(S1).path("id").asText();
        assertThat(id).matches("[0-9a-v]{19}[0g]");
        assertThat(response.body())
                .isEqualTo("{\"contentType\":\"application/json\",\"dispatchSchedule\":\"2030-01-01T05:00:00.25Z\","
                        + "\"dispatchedAt\":null,\"headers\":{\"Trace\":\"00-a\"},\"id\":\"" + id + "\","
                        + "\"messageId\":\"s1\",\"payload\":\"h\u00ef\",\"priority\":7,\"producedBy\":\"p1\","
                        + "\"status\":\"SCHEDULED\"}\n");
        assertThat(requests.get("/channel/c1/scheduled-message/S1").statusCode())
                .isEqualTo(404);
        assertThat(requests.get("/channel/c9/scheduled-message/s1").body()).isEqualTo("Request resource not found");
    }

    /** Nothing is delivered before its time: what the column can not hold is rounded up. */
    @Test
    void aTimeIsKeptInMicroseconds() {
        schedule("s1", "2030-01-01T05:00:00.123456001Z");
        assertThat(requests.json(S1).path("dispatchSchedule").asText()).isEqualTo("2030-01-01T05:00:00.123457Z");
        schedule("s2", "9999-12-31T23:59:59.999999Z");
        assertThat(requests.json("/channel/c1/scheduled-message/s2")
                        .path("dispatchSchedule")
                        .asText())
                .isEqualTo("9999-12-31T23:59:59.999999Z");
    }

    @Test
    void anIdIsUniqueAmongScheduledOnesAndNotTakenByAnOrdinaryOne() {
        assertThat(schedule("s1", DUE).statusCode()).isEqualTo(201);
        requests.broadcast("hi", "X-Broker-Message-ID", "m1");

        for (String taken : List.of("s1", "m1")) {
            HttpResponse<String> response = schedule(taken, DUE);
            assertThat(response.statusCode()).isEqualTo(409);
            assertThat(response.body()).isEqualTo("duplicate scheduled message id for channel");
        }
        assertThat(requests.broadcast("hi", "X-Broker-Message-ID", "s1").statusCode())
                .as("ordinary ids are of their own")
                .isEqualTo(201);
    }

    @Test
    void duplicatesInAGroupFailAlone() {
        requests.broadcast("hi", "X-Broker-Message-ID", "m3");
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        IntStream.range(0, 60).forEach(i -> answers.add(scheduleAsync("m" + i % 30)));

        List<Integer> statuses =
                answers.stream().map(answer -> answer.join().statusCode()).toList();
        assertThat(statuses).filteredOn(status -> status == 201).hasSize(29);
        assertThat(statuses).filteredOn(status -> status == 409).hasSize(31);
        assertThat(count("SCHEDULED_SCHEDULED")).isEqualTo(29);
    }

    @Test
    void aListIsPagedAndInLowerCase() {
        IntStream.range(0, 60).forEach(i -> schedule("s" + i, DUE));

        JsonNode first = requests.json(LIST);
        assertThat(fields(first)).containsExactly("pages", "result");
        assertThat(first.path("result")).hasSize(25);
        assertThat(first.path("result").get(0).asText()).isEqualTo("/channel/c1/scheduled-message/s59");
        JsonNode second = requests.json(first.path("pages").path("next").asText());
        assertThat(second.path("result").get(0).asText()).endsWith("/s34");
        JsonNode third = requests.json(second.path("pages").path("next").asText());
        assertThat(third.path("result")).hasSize(10);
        JsonNode end = requests.json(third.path("pages").path("next").asText());
        assertThat(end.toString()).isEqualTo("{\"pages\":{},\"result\":[]}");
        assertThat(requests.json(third.path("pages").path("previous").asText()).path("result"))
                .isEqualTo(second.path("result"));
    }

    @Test
    void aListIsFilteredByTheFirstStatusThatIsANumber() {
        schedule("s1", DUE);
        schedule("s2", DUE);
        makeDue("s2");
        await().until(() -> count("SCHEDULED_DISPATCHED") == 1);

        assertThat(ids(LIST)).containsExactly("s2", "s1");
        assertThat(ids(LIST + "?status=101")).containsExactly("s1");
        assertThat(ids(LIST + "?status=102")).containsExactly("s2");
        assertThat(ids(LIST + "?status=102&status=101")).containsExactly("s2");
        assertThat(ids(LIST + "?status=SCHEDULED")).containsExactly("s2", "s1");
        assertThat(ids(LIST + "?status=x&status=101"))
                .as("only the first value counts")
                .containsExactly("s2", "s1");
        assertThat(ids(LIST + "?status=999")).isEmpty();
        assertThat(requests.json(LIST + "?status=101")
                        .path("pages")
                        .path("next")
                        .asText())
                .startsWith(LIST + "?status=101&next=");
    }

    @Test
    void aListRefusesBothDirectionsButLooksForTheChannelFirst() {
        schedule("s1", DUE);
        JsonNode pages = requests.json(LIST).path("pages");
        String both = pages.path("next").asText() + "&"
                + pages.path("previous").asText().replaceFirst(".*\\?", "");

        assertThat(requests.get(both).statusCode()).isEqualTo(400);
        assertThat(requests.get(both.replace("c1", "c9")).statusCode()).isEqualTo(404);
        assertThat(ids(LIST + "?next=garbage")).containsExactly("s1");
    }

    @Test
    void theStatusCountsByStateAndNamesTheNextTime() {
        assertThat(requests.get("/channel/c1/messages-status").body()).isEqualTo("{\"counts\":{}}\n");
        assertThat(requests.get("/channel/c9/messages-status").body()).isEqualTo("{\"counts\":{}}\n");
        schedule("s1", "2031-01-01T00:00:00Z");
        schedule("s2", DUE);
        schedule("s3", DUE);
        makeDue("s3");
        await().until(() -> count("SCHEDULED_DISPATCHED") == 1);

        JsonNode status = requests.json("/channel/c1/messages-status");

        assertThat(status.path("counts").toString())
                .isEqualTo("{\"DISPATCHED\":{\"Count\":1,\"Links\":{\"messages\":\"/channel/c1/messages?status=102\"}},"
                        + "\"SCHEDULED_DISPATCHED\":{\"Count\":1,\"Links\":{\"messages\":"
                        + "\"/channel/c1/scheduled-messages?status=102\"}},"
                        + "\"SCHEDULED_SCHEDULED\":{\"Count\":2,\"Links\":{\"messages\":"
                        + "\"/channel/c1/scheduled-messages?status=101\"}}}");
        assertThat(status.path("next_scheduled_message_at").asText()).isEqualTo(DUE);
    }

    @Test
    void whatIsDueBecomesAnOrdinaryMessageAndItsRecordStays() {
        schedule("s1", DUE);
        makeDue("s1");
        await().until(() -> requests.get("/channel/c1/message/s1").statusCode() == 200);

        assertThat(requests.json("/channel/c1/message/s1").path("Payload").asText())
                .isEqualTo("hi");
        JsonNode record = requests.json(S1);
        assertThat(record.path("status").asText()).isEqualTo("DISPATCHED");
        assertThat(record.path("dispatchedAt").asText()).endsWith("Z");
        assertThat(record.path("payload").asText()).isEqualTo("hi");
        assertThat(schedule("s1", DUE).statusCode()).isEqualTo(409);
    }

    @Test
    void aCancelledOneIsNotDeliveredAndKeepsItsId() {
        schedule("s1", DUE);

        HttpResponse<String> response = requests.change("DELETE", S1);

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        assertThat(requests.change("DELETE", S1).statusCode())
                .as("whoever lost the answer may ask again")
                .isEqualTo(204);
        assertThat(requests.json(S1).path("status").asText()).isEqualTo("CANCELLED");
        assertThat(requests.json(S1).path("dispatchedAt").isNull()).isTrue();
        assertThat(ids(LIST + "?status=103")).containsExactly("s1");
        assertThat(ids(LIST + "?status=101")).isEmpty();
        JsonNode status = requests.json("/channel/c1/messages-status");
        assertThat(fields(status.path("counts"))).containsExactly("SCHEDULED_CANCELLED");
        assertThat(count("SCHEDULED_CANCELLED")).isEqualTo(1);
        assertThat(status.has("next_scheduled_message_at")).isFalse();
        assertThat(schedule("s1", DUE).statusCode()).isEqualTo(409);
        HttpResponse<String> late = reschedule(DUE);
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body()).isEqualTo("scheduled message is CANCELLED");
    }

    @Test
    void aRescheduledOneIsDueAtItsNewTime() {
        schedule("s1", DUE);

        HttpResponse<String> response = reschedule("2029-05-05T00:00:00Z");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(requests.get(S1).body());
        assertThat(requests.json(S1).path("dispatchSchedule").asText()).isEqualTo("2029-05-05T00:00:00Z");
        assertThat(requests.json("/channel/c1/messages-status")
                        .path("next_scheduled_message_at")
                        .asText())
                .isEqualTo("2029-05-05T00:00:00Z");
    }

    @Test
    void aDispatchedOneIsChangedNoMore() {
        schedule("s1", DUE);
        makeDue("s1");
        await().until(() -> count("SCHEDULED_DISPATCHED") == 1);

        for (HttpResponse<String> response : List.of(requests.change("DELETE", S1), reschedule(DUE))) {
            assertThat(response.statusCode()).isEqualTo(409);
            assertThat(response.body()).isEqualTo("scheduled message is DISPATCHED");
        }
        assertThat(count("SCHEDULED_DISPATCHED")).isEqualTo(1);
        assertThat(count("SCHEDULED_CANCELLED")).isZero();
    }

    @Test
    void onlyItsProducerMayChangeIt() {
        schedule("s1", DUE);
        RegistryWriter writer = new RegistryWriter(
                node.database,
                node.registry,
                new org.webhookbroker.database.XidGenerator(TestNode.CLOCK),
                TestNode.CLOCK);
        new ProducerStore(node.database, writer).put(new EntryValues("p2", "Other", "pt"), UpdateCondition.none());

        for (String method : List.of("DELETE", "PUT")) {
            refused(method, S1, 403, "channel token does not match", "X-Broker-Channel-Token", "x");
            refused(method, S1, 401, "producer could not be found", "X-Broker-Producer-ID", "");
            refused(method, S1, 403, "producer token does not match", "X-Broker-Producer-Token", "x");
            refused(method, S1, 403, "scheduled message belongs to another producer", "X-Broker-Producer-ID", "p2");
            refused(method, S1 + "x", 404, "Request resource not found");
            refused(method, S1.replace("c1", "c9"), 404, "Request resource not found");
        }
        refused(
                "PUT",
                S1,
                400,
                "invalid date format for X-Broker-Scheduled-For, expected ISO-8601/RFC3339 format",
                "X-Broker-Scheduled-For",
                "");
        refused(
                "PUT",
                S1,
                412,
                "scheduled time must be at least 2 minutes in the future",
                "X-Broker-Scheduled-For",
                "2026-11-24T22:20:00Z");
        assertThat(requests.json(S1).path("status").asText()).isEqualTo("SCHEDULED");
        assertThat(requests.json(S1).path("dispatchSchedule").asText()).isEqualTo(DUE);
    }

    private void refused(String method, String path, int status, String text, String... headers) {
        List<String> all = new ArrayList<>(List.of("X-Broker-Scheduled-For", DUE));
        all.addAll(List.of(headers));
        HttpResponse<String> response = requests.change(method, path, all.toArray(String[]::new));
        assertThat(response.body()).isEqualTo(text);
        assertThat(response.statusCode()).isEqualTo(status);
    }

    private HttpResponse<String> schedule(String id, String time) {
        return requests.broadcast("hi", "X-Broker-Message-ID", id, "X-Broker-Scheduled-For", time);
    }

    private CompletableFuture<HttpResponse<String>> scheduleAsync(String id) {
        return requests.broadcastAsync(
                "/channel/c1/broadcast",
                new byte[] {'h', 'i'},
                "X-Broker-Message-ID",
                id,
                "X-Broker-Scheduled-For",
                DUE);
    }

    private HttpResponse<String> reschedule(String time) {
        return requests.change("PUT", S1, "X-Broker-Scheduled-For", time);
    }

    private void makeDue(String id) {
        node.database.withHandle(handle -> handle.execute("""
                UPDATE scheduled_due AS due JOIN scheduled_message AS message USING (id)
                SET due.due_at = UTC_TIMESTAMP(6), message.due_at = UTC_TIMESTAMP(6) WHERE message.public_id = ?
                """, id));
    }

    private int count(String state) {
        return requests.json("/channel/c1/messages-status")
                .path("counts")
                .path(state)
                .path("Count")
                .asInt();
    }

    private List<String> ids(String path) {
        List<String> ids = new ArrayList<>();
        requests.json(path).path("result").forEach(link -> ids.add(link.asText().replaceFirst(".*/", "")));
        return ids;
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
