package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.MariaDbExtension;

/** Contract 4.1 to 4.5: one row for each rule. */
@Tag("G12")
final class BroadcastRulesTest {
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

    /** @param headers name and value in turn; they replace the right tokens, and an empty value leaves a header out */
    private record Row(String rule, String channel, String body, int status, String text, List<String> headers) {}

    private static Row row(String rule, int status, String text, String... headers) {
        return new Row(rule, "c1", "hi", status, text, List.of(headers));
    }

    private static final String NO_TIME =
            "invalid date format for X-Broker-Scheduled-For, expected ISO-8601/RFC3339 format";
    private static final String TOO_SOON = "scheduled time must be at least 2 minutes in the future";

    @TestFactory
    Stream<DynamicTest> eachRuleHasItsAnswer() {
        String longest = "x".repeat(255);
        return Stream.of(
                        row("all in order", 201, ""),
                        new Row("channel unknown", "c9", "hi", 404, "Request resource not found", List.of()),
                        new Row("channel id in other case", "C1", "hi", 404, "Request resource not found", List.of()),
                        row("channel token missing", 403, "channel token does not match", "X-Broker-Channel-Token", ""),
                        row("channel token wrong", 403, "channel token does not match", "X-Broker-Channel-Token", "x"),
                        row("producer missing", 401, "producer could not be found", "X-Broker-Producer-ID", ""),
                        row("producer unknown", 401, "producer could not be found", "X-Broker-Producer-ID", "p9"),
                        row(
                                "producer token missing",
                                403,
                                "producer token does not match",
                                "X-Broker-Producer-Token",
                                ""),
                        row(
                                "producer token wrong",
                                403,
                                "producer token does not match",
                                "X-Broker-Producer-Token",
                                "x"),
                        row("scheduled: no date", 400, NO_TIME, "X-Broker-Scheduled-For", "tomorrow"),
                        row("scheduled: date only", 400, NO_TIME, "X-Broker-Scheduled-For", "2027-01-01"),
                        row("scheduled: no zone", 400, NO_TIME, "X-Broker-Scheduled-For", "2027-01-01T05:00:00"),
                        row("scheduled: no seconds", 400, NO_TIME, "X-Broker-Scheduled-For", "2027-01-01T05:00Z"),
                        row("scheduled: blank inside", 400, NO_TIME, "X-Broker-Scheduled-For", "2027-01-01 05:00:00"),
                        row("scheduled: past", 412, TOO_SOON, "X-Broker-Scheduled-For", "2020-01-01T05:00:00Z"),
                        row("scheduled: too soon", 412, TOO_SOON, "X-Broker-Scheduled-For", "2026-11-24T22:21:59.999Z"),
                        row("scheduled: soon enough", 201, "", "X-Broker-Scheduled-For", "2026-11-24T22:22:00Z"),
                        row("scheduled: offset", 201, "", "X-Broker-Scheduled-For", "2026-11-25T04:22:00.5+06:00"),
                        row("scheduled: lower case", 201, "", "X-Broker-Scheduled-For", "2027-01-01t05:00:00z"),
                        row(
                                "scheduled: after what a column holds",
                                400,
                                "Bad Request: `X-Broker-Scheduled-For` is after 9999-12-31T23:59:59.999999Z, the latest "
                                        + "time that can be kept; use an earlier one",
                                "X-Broker-Scheduled-For",
                                "9999-12-31T23:59:59-00:01"),
                        new Row(
                                "scheduled: the date is judged before the empty payload",
                                "c1",
                                "",
                                400,
                                NO_TIME,
                                List.of("X-Broker-Scheduled-For", "2027")),
                        new Row(
                                "scheduled: so is how soon it is",
                                "c1",
                                "",
                                412,
                                TOO_SOON,
                                List.of("X-Broker-Scheduled-For", "2026-11-24T22:20:00Z")),
                        new Row(
                                "scheduled: empty payload",
                                "c1",
                                "",
                                400,
                                "Bad Request: the payload is empty",
                                List.of("X-Broker-Scheduled-For", "2027-01-01T05:00:00Z")),
                        row(
                                "scheduled: tokens are judged before the date",
                                403,
                                "producer token does not match",
                                "X-Broker-Producer-Token",
                                "x",
                                "X-Broker-Scheduled-For",
                                "never"),
                        new Row("empty payload", "c1", "", 400, "Bad Request: the payload is empty", List.of()),
                        row("longest id", 201, "", "X-Broker-Message-ID", longest),
                        row(
                                "id too long",
                                400,
                                "Bad Request: `X-Broker-Message-ID` has 256 characters; use 1 to 255",
                                "X-Broker-Message-ID",
                                longest + "x"),
                        row(
                                "content type too long",
                                400,
                                "Bad Request: `Content-Type` has 256 characters; use 1 to 255",
                                "Content-Type",
                                longest + "x"),
                        row("content type that is none", 201, "", "Content-Type", "whatever; I / like"),
                        row("priority garbage", 201, "", "X-Broker-Message-Priority", "7.5"),
                        row(
                                "priority too large",
                                400,
                                "Bad Request: `X-Broker-Message-Priority` is larger than 2147483647",
                                "X-Broker-Message-Priority",
                                "2147483648"),
                        row("content encoding is the payload's own affair", 201, "", "Content-Encoding", "gzip"))
                .map(row -> DynamicTest.dynamicTest(row.rule(), () -> {
                    HttpResponse<String> response = requests.broadcastAsync(
                                    "/channel/" + row.channel() + "/broadcast",
                                    row.body().getBytes(StandardCharsets.UTF_8),
                                    row.headers().toArray(String[]::new))
                            .join();
                    assertThat(response.body()).isEqualTo(row.text());
                    assertThat(response.statusCode()).isEqualTo(row.status());
                    assertThat(node.intake.budget().used()).isZero();
                }));
    }

    @Test
    void createdHasALocationAndNothingElse() {
        HttpResponse<String> response = requests.broadcast("hi", "X-Broker-Message-ID", "m1");
        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().firstValue("Location")).contains("/channel/c1/message/m1");
        assertThat(response.headers().firstValue("Content-Length")).contains("0");
        assertThat(response.headers().firstValue("Content-Type")).isEmpty();
        assertThat(response.headers().firstValue("X-Request-ID")).isPresent();
    }

    @Test
    void aMessageWithoutIdGetsANewOneEachTime() {
        String first = requests.broadcast("hi").headers().firstValue("Location").orElseThrow();
        String second =
                requests.broadcast("hi").headers().firstValue("Location").orElseThrow();
        assertThat(first).matches("/channel/c1/message/[0-9a-v]{19}[0g]");
        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void anIdThatIsNoUriComesBackAsItIs() {
        HttpResponse<String> response = requests.broadcast("hi", "X-Broker-Message-ID", "a b%zz|{}");
        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().firstValue("Location")).contains("/channel/c1/message/a b%zz|{}");
        requests.broadcast("hi", "X-Broker-Message-ID", "a b");
        assertThat(requests.json("/channel/c1/message/a%20b").path("ID").asText())
                .isEqualTo("a b");
    }

    @Test
    void metadataHeadersAreKeptAsSpelledAndWithoutTheBrokersOwn() {
        requests.broadcast(
                "hi",
                "X-Broker-Message-ID",
                "m1",
                "X-Broker-Metadata-Headers",
                "TraceParent,x-foo, x-bar,x-missing,,content-type,X-BROKER-CONSUMER-TOKEN,x-request-id,user-agent",
                "traceparent",
                "00-a",
                "X-Foo",
                "f, g",
                "X-Bar",
                "b",
                "X-Broker-Consumer-Token",
                "stolen");
        assertThat(requests.json("/channel/c1/message/m1").path("Headers").toString())
                .isEqualTo("{\"TraceParent\":\"00-a\",\"x-foo\":\"f, g\"}");
    }
}
