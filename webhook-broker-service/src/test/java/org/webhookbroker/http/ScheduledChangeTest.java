package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;

/** Scheduled messages that fall due, are cancelled or get another time. */
@Tag("G12")
@Tag("slow")
final class ScheduledChangeTest extends ScheduledMessageFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
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
    void whatEndedKeepsNoContentsInItsRecord() {
        schedule("s1", DUE);
        schedule("s2", DUE);
        schedule("s3", DUE);
        requests.broadcast("other", "X-Broker-Message-ID", "s3");
        requests.change("DELETE", S1.replace("s1", "s2"));
        makeDue("s1");
        makeDue("s3");
        await().until(() -> count("SCHEDULED_DISPATCHED") == 2);

        assertThat(mariaDb.sql().count("scheduled_message", "payload = '' AND headers = '' AND ended_at IS NOT NULL"))
                .isEqualTo(3);
        assertThat(requests.json(S1).path("payload").asText()).isEqualTo("hi");
        assertThat(requests.json(S1.replace("s1", "s2")).path("payload").asText())
                .isEmpty();
        assertThat(requests.json(S1.replace("s1", "s3")).path("payload").asText())
                .as("the message of this id is another one")
                .isEmpty();
        assertThat(requests.json(S1.replace("s1", "s3")).path("headers").isObject())
                .isTrue();

        mariaDb.sql().execute("UPDATE message SET received_at = received_at + INTERVAL 1 DAY WHERE public_id = 's1'");
        assertThat(requests.json(S1).path("payload").asText())
                .as("a message that came later is another one")
                .isEmpty();
        mariaDb.sql().execute("DELETE FROM message WHERE public_id = 's1'");
        assertThat(requests.json(S1).path("payload").asText()).isEmpty();
        assertThat(requests.json(S1).path("status").asText()).isEqualTo("DISPATCHED");
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
        node.broker.stores.producers().put(new EntryValues("p2", "Other", "pt"), UpdateCondition.none(), Auditing.PUT);

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

    private HttpResponse<String> reschedule(String time) {
        return requests.change("PUT", S1, "X-Broker-Scheduled-For", time);
    }
}
