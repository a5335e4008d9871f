package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.webhookbroker.contract.Expected.empty;
import static org.webhookbroker.contract.Expected.text;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.webhookbroker.testing.Answer;

/** Contract 4: broadcasts. */
@Tag("G12")
final class BroadcastContractTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    private static final String CHANNEL_TOKEN = "channel token does not match";
    private static final String NO_PRODUCER = "producer could not be found";
    private static final String PRODUCER_TOKEN = "producer token does not match";
    private static final String NO_TIME =
            "invalid date format for X-Broker-Scheduled-For, expected ISO-8601/RFC3339 format";
    private static final String TOO_SOON = "scheduled time must be at least 2 minutes in the future";

    @ParameterizedTest(name = "{0}")
    @MethodSource("checksInOrder")
    void checksInOrder(Rule rule) {
        rule.check();
    }

    /** Each request is wrong in its own point and in every later one, so that the order is seen too. */
    static Stream<Rule> checksInOrder() {
        String c = contract.channel();
        contract.message(c, "taken");
        String later = "X-Broker-Scheduled-For: no time";
        String badProducer = "X-Broker-Producer-ID: none";
        String badToken = "X-Broker-Producer-Token: wrong";
        return Stream.of(
                rule(1, "channel unknown", "/channel/none", text(404, Expected.NOT_FOUND), later, badProducer),
                rule(
                        1,
                        "ids are case-sensitive",
                        c.replaceFirst("/c(\\d+)$", "/C$1"),
                        text(404, Expected.NOT_FOUND),
                        later),
                rule(2, "channel token missing", c, text(403, CHANNEL_TOKEN), "X-Broker-Channel-Token:", badProducer),
                rule(
                        2,
                        "channel token different",
                        c,
                        text(403, CHANNEL_TOKEN),
                        "X-Broker-Channel-Token: CT",
                        badProducer),
                rule(3, "producer id missing", c, text(401, NO_PRODUCER), "X-Broker-Producer-ID:", badToken),
                rule(3, "producer id unknown", c, text(401, NO_PRODUCER), badProducer, badToken),
                rule(4, "producer token missing", c, text(403, PRODUCER_TOKEN), "X-Broker-Producer-Token:", later),
                rule(4, "producer token different", c, text(403, PRODUCER_TOKEN), badToken, later),
                rule(6, "scheduled for no date", c, text(400, NO_TIME), later, "X-Broker-Message-ID: taken"),
                scheduled("a date only", text(400, NO_TIME), "2027-01-01"),
                scheduled("without zone", text(400, NO_TIME), "2027-01-01T05:00:00"),
                scheduled("without seconds", text(400, NO_TIME), "2027-01-01T05:00Z"),
                scheduled("slashes", text(400, NO_TIME), "2025/12/31 23:59:59"),
                scheduled("the past", text(412, TOO_SOON), "2020-01-01T05:00:00Z"),
                scheduled("the past with offset", text(412, TOO_SOON), "2020-01-01T05:00:00.5+06:00"),
                scheduled(
                        "less than two minutes ahead",
                        text(412, TOO_SOON),
                        Instant.now().plus(Duration.ofSeconds(100)).toString()),
                Rule.of(
                        "4.2 (8), 0",
                        "empty payload",
                        () -> contract.broadcast(c, "", "X-Broker-Message-ID: taken"),
                        text(400, "Bad Request: the payload is empty")),
                rule(
                        9,
                        "message id used in this channel",
                        c,
                        text(409, "duplicate message id for channel"),
                        "X-Broker-Message-ID: taken"),
                rule(11, "stored", c, empty(201).has("Location", c + "/message/new"), "X-Broker-Message-ID: new"));
    }

    private static Rule rule(int check, String rule, String channel, Expected expected, String... headers) {
        return Rule.of("4.2 (" + check + ")", rule, () -> contract.broadcast(channel, "hi", headers), expected);
    }

    private static Rule scheduled(String rule, Expected expected, String time) {
        return Rule.of(
                "4.5",
                "scheduled for " + rule,
                () -> contract.broadcast(
                        "/channel/c1", "", "X-Broker-Scheduled-For: " + time, "X-Broker-Message-ID: taken"),
                expected);
    }

    @ParameterizedTest(name = "4.3: priority \"{0}\" counts as {1}")
    @CsvSource({
        "7, 7",
        "-7, 7",
        "+7, 7",
        "'', 0",
        "abc, 0",
        "7.5, 0",
        "7 7, 0",
        "99999999999999999999, 0",
        "2147483647, 2147483647"
    })
    void priorityIsAnAbsoluteValue(String sent, int stored) throws Exception {
        String channel = contract.channel();
        contract.pull(channel, "k");
        contract.message(channel, "m", "X-Broker-Message-Priority: " + sent);
        assertThat(contract.mariaDb().sql().longOf("SELECT priority FROM message ORDER BY id DESC LIMIT 1"))
                .isEqualTo(stored);
    }

    @ParameterizedTest(name = "0: {0} is 400, not 500")
    @CsvSource({
        "X-Broker-Message-Priority, 2147483648, Bad Request: `X-Broker-Message-Priority` is larger than 2147483647",
        "X-Broker-Message-ID, <256>, Bad Request: `X-Broker-Message-ID` has 256 characters; use 1 to 255",
        "Content-Type, <256>, Bad Request: `Content-Type` has 256 characters; use 1 to 255",
    })
    void whatCanNotBeStoredIsRefused(String header, String value, String text) {
        String sent = value.replace("<256>", "x".repeat(256));
        text(400, text).check(contract.broadcast(contract.channel(), "hi", header + ": " + sent));
    }

    @Test
    @DisplayName("4.1: without a content type it is application/octet-stream; any other stays as it is")
    void contentType() {
        String channel = contract.channel();
        assertThat(type(channel, "m1")).isEqualTo("application/octet-stream");
        assertThat(type(channel, "m2", "Content-Type: Whatever; I / Like")).isEqualTo("Whatever; I / Like");
        assertThat(type(channel, "m3", "Content-Type:")).isEqualTo("application/octet-stream");
    }

    private static String type(String channel, String id, String... headers) {
        return contract.client().get(contract.message(channel, id, headers)).field("ContentType");
    }

    @Test
    @DisplayName("4.1, 4.2: without a message id each request makes a new message, whose id is an xid")
    void newIds() {
        String channel = contract.channel();
        Answer first = contract.broadcast(channel, "hi");
        Answer second = contract.broadcast(channel, "hi", "X-Broker-Message-ID:");
        assertThat(List.of(first.header("Location"), second.header("Location")))
                .allMatch(link -> link.matches(channel + "/message/[0-9a-v]{19}[0g]"))
                .doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("4.2: a message id is used within its channel only")
    void idsAreOfOneChannel() {
        contract.message(contract.channel(), "same");
        contract.message(contract.channel(), "same");
    }

    @Test
    @DisplayName("1: links hold ids as they are, not percent-encoded; of repeated headers the first counts")
    void idsAsTheyAre() {
        String channel = contract.channel();
        Answer answer =
                contract.broadcast(channel, "hi", "X-Broker-Message-ID: a b%zz\u00fc", "X-Broker-Message-ID: x");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(contract.client().get(channel + "/message/a%20b%25zz%C3%BC").status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName(
            "4.4: metadata names are split at commas, not trimmed, kept as spelled, once; missing ones are skipped")
    void metadata() {
        String message = contract.message(
                contract.channel(),
                "m",
                "X-Broker-Metadata-Headers: TraceParent,x-foo, x-bar,x-missing,x-empty,X-FOO,",
                "traceparent: 00-a",
                "X-Foo: f, g",
                "X-Bar: b",
                "X-Empty:");
        assertThat(contract.client().get(message).body())
                .contains("\"Headers\":{\"TraceParent\":\"00-a\",\"x-foo\":\"f, g\"}");
    }

    @Test
    @DisplayName("0, 4.4: of names that the broker sets itself, and of tokens, the broker's own win")
    void ownNames() {
        String message = contract.message(
                contract.channel(),
                "m",
                "X-Broker-Metadata-Headers: X-Broker-Consumer-Token,x-broker-producer-token,Content-Type,x-request-id,User-Agent",
                "User-Agent: mine",
                "X-Request-ID: mine");
        assertThat(contract.client().get(message).body()).contains("\"Headers\":{}");
    }
}
