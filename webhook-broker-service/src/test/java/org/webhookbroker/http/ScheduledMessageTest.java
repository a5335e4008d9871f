package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.MariaDbExtension;

/** Contract 4.5, 7.3 to 7.5, and the additions to it: cancelling and rescheduling. */
@Tag("G12")
@Tag("slow")
final class ScheduledMessageTest extends ScheduledMessageFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
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

    /** Nothing is delivered before its time: a fraction that the column cannot hold is rounded up. */
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

    private CompletableFuture<HttpResponse<String>> scheduleAsync(String id) {
        return requests.broadcastAsync(
                "/channel/c1/broadcast",
                new byte[] {'h', 'i'},
                "X-Broker-Message-ID",
                id,
                "X-Broker-Scheduled-For",
                DUE);
    }
}
