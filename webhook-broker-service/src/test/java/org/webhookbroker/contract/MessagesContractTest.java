package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.webhookbroker.contract.Expected.json;
import static org.webhookbroker.contract.Expected.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.RawClient;

/** Contract 7: messages. */
final class MessagesContractTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    private static final String NONE = "{\"Result\":[],\"Pages\":{},\"Links\":null}";

    private final RawClient client = contract.client();

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void rules(Rule rule) {
        rule.check();
    }

    static Stream<Rule> rules() {
        String c = contract.channel();
        contract.message(c, "m1");
        Expected notFound = text(404, Expected.NOT_FOUND);
        Expected one = json("{\"Result\":[\"" + c
                + "/message/m1\"],\"Pages\":{\"next\":\"<any>\",\"previous\":\"<any>\"},\"Links\":null}");
        return Stream.of(
                rule("7.1", "unknown channel", "/channel/none/message/m1", notFound),
                rule("7.1", "unknown message", c + "/message/none", notFound),
                rule("7.2", "unknown channel", "/channel/none/messages", notFound),
                rule("7.2", "no filter", c + "/messages", one),
                rule("7.2", "status=102", c + "/messages?status=102", one),
                rule("7.2", "status repeated: any of them", c + "/messages?status=101&status=102", one),
                rule("7.2", "what is no integer is ignored", c + "/messages?status=DISPATCHED&status=", one),
                rule(
                        "7.2",
                        "status=101: none, as jobs are there from the start (0)",
                        c + "/messages?status=101",
                        json(NONE)),
                rule("7.2", "an unknown number", c + "/messages?status=7&status=x", json(NONE)),
                rule("7.3", "unknown channel: no counts", "/channel/none/messages-status", json("{\"counts\":{}}")),
                rule(
                        "7.3",
                        "counts by state, states without messages absent",
                        c + "/messages-status",
                        json("{\"counts\":{\"DISPATCHED\":{\"Count\":1,\"Links\":{\"messages\":\"" + c
                                + "/messages?status=102\"}}}}")));
    }

    private static Rule rule(String section, String rule, String path, Expected expected) {
        return Rule.of(section, rule, () -> contract.client().get(path), expected.without("Last-Modified"));
    }

    @Test
    @DisplayName("7.1: a message shows its producer's name and all of its jobs, newest first")
    void message() {
        String c = contract.channel();
        contract.push(c, "k1", Behavior.status(200));
        contract.pull(c, "k2");
        String message = contract.message(c, "m1", "X-Broker-Metadata-Headers: traceparent", "traceparent: 00-a");
        contract.awaitStates(message, "QUEUED", "DELIVERED");
        String endpoint = contract.consumers().url(c + "/consumer/");
        json("{\"ID\":\"m1\",\"Payload\":\"hi\",\"ContentType\":\"application/octet-stream\",\"ProducedBy\":\"Prod\","
                        + "\"ReceivedAt\":\"<time>\",\"DispatchedAt\":\"<time>\",\"Status\":\"DISPATCHED\",\"Jobs\":["
                        + "{\"ListenerEndpoint\":\"" + endpoint
                        + "k2\",\"ListenerName\":\"Cons k2\",\"Status\":\"QUEUED\",\"StatusChangedAt\":\"<time>\"},"
                        + "{\"ListenerEndpoint\":\"" + endpoint
                        + "k1\",\"ListenerName\":\"Cons k1\",\"Status\":\"DELIVERED\",\"StatusChangedAt\":\"<time>\"}],"
                        + "\"Headers\":{\"traceparent\":\"00-a\"}}")
                .without("Last-Modified")
                .check(client.get(message));
    }

    @Test
    @DisplayName(
            "2, 7.2: messages come 25 a page, newest first; 0: the filter stays in the links, previous is adjacent")
    void pages() {
        String c = contract.channel();
        IntStream.range(0, 30).forEach(i -> contract.message(c, "m" + i));
        String path = c + "/messages?status=102";
        JsonNode first = Json.parse(client.get(path).body());
        JsonNode second =
                Json.parse(client.get(first.path("Pages").path("next").asText()).body());
        List<String> links = new ArrayList<>(Json.texts(first.path("Result")));
        assertThat(links).hasSize(25);
        links.addAll(Json.texts(second.path("Result")));
        assertThat(links)
                .containsExactlyElementsOf(IntStream.range(0, 30)
                        .mapToObj(i -> c + "/message/m" + (29 - i))
                        .toList());
        assertThat(first.path("Pages").path("next").asText()).startsWith(path + "&next=");
        assertThat(Json.parse(client.get(second.path("Pages").path("previous").asText())
                        .body()))
                .isEqualTo(first);
        json(NONE).check(client.get(second.path("Pages").path("next").asText()));
    }
}
