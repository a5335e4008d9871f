package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.webhookbroker.contract.OpenApiDocument.Operation;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.ReceivedRequest;

/** With keys on, nobody reads a token, a signing secret or the credentials of a callback once they are set: whatever key they have. */
@Tag("slow")
final class ReadATokenTest {
    @RegisterExtension
    static final KeyedBroker keyed = new KeyedBroker();

    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";

    static Stream<String> anybody() {
        return Stream.concat(
                Stream.of("nobody"), Stream.concat(KeyedBroker.FOR_ALL.stream(), KeyedBroker.FOR_CHANNELS.stream()));
    }

    private static RawClient client(String role) {
        return role.equals("nobody") ? keyed.stranger() : keyed.as(role);
    }

    /** Of all operations: reads with what is there, and the others so that they are refused late, or change nothing. */
    @ParameterizedTest
    @MethodSource("anybody")
    void noAnswerOfTheApiShowsOne(String role) {
        OpenApiDocument document = new OpenApiDocument(
                Json.parse(keyed.stranger().get("/openapi.json").body()));
        List<String> shown = new ArrayList<>();
        for (Operation operation : document.operations()) {
            for (String team : List.of("mine", "theirs")) {
                for (String consumer : List.of("push", "pull")) {
                    String path = path(operation.route().template(), team, consumer);
                    Answer answer = client(role)
                            .send(
                                    operation.route().method() + " " + path,
                                    "",
                                    "X-Broker-Producer-ID: " + team,
                                    FORM,
                                    "If-Unmodified-Since: Tue, 24 Nov 2026 22:20:02 GMT");
                    if ((answer.body() + answer.headers()).contains(KeyedBroker.MARK)) {
                        shown.add(operation.id() + " " + path + ": " + answer);
                    }
                    if (role.equals("admin") && operation.route().method().equals("GET")) {
                        assertThat(answer.status()).as(path).isIn(200, 412);
                    }
                }
            }
        }
        assertThat(shown).isEmpty();
    }

    private static String path(String template, String team, String consumer) {
        return template.replace("{channelId}", team)
                .replace("{producerId}", team)
                .replace("{consumerId}", consumer)
                .replace("{jobId}", keyed.job(consumer, team))
                .replace(
                        "{messageId}",
                        template.contains("scheduled") ? KeyedBroker.scheduled(team) : KeyedBroker.message(team));
    }

    @Test
    void aHintOfFourCharactersIsShownInstead() {
        for (String role : List.of("admin", "read", "operate", "register")) {
            RawClient client = client(role);
            assertThat(client.get("/producer/mine").field("Token")).isEqualTo("****-end");
            assertThat(client.get("/channel/mine").field("Token")).isEqualTo("****-end");
            Answer consumer = client.get("/channel/mine/consumer/push");
            assertThat(consumer.field("Token")).isEqualTo("****-end");
            assertThat(consumer.field("CallbackURL"))
                    .startsWith("http://****@127.0.0.1:")
                    .endsWith("/push");
        }
    }

    /** Four characters of a short one would be half of it. */
    @Test
    void aShortTokenHasNoHint() {
        keyed.as("admin").put("/producer/mine-short", "token=fifteen-letters");
        keyed.as("admin").put("/producer/mine-long", "token=sixteen-letters!");
        assertThat(keyed.as("read").get("/producer/mine-short").field("Token")).isEqualTo("****");
        assertThat(keyed.as("read").get("/producer/mine-long").field("Token")).isEqualTo("****ers!");
    }

    /** Whoever sets a token sees it in the answer to that, as the contract has it. */
    @Test
    void theRequestThatSetsATokenSeesItAndAnotherChangeDoesNot() {
        RawClient register = keyed.as("register");
        String path = "/channel/mine/consumer/set";
        String form = "token=" + KeyedBroker.MARK + "&callbackUrl=http://a:b@host/";
        assertThat(register.put(path, form).body())
                .contains("\"Token\":\"secretmark\"", "\"CallbackURL\":\"http://a:b@host/\"");
        Answer patched = patch(register, path, "name=other");
        assertThat(patched.body()).contains("\"Token\":\"****\"", "\"CallbackURL\":\"http://****@host/\"");
        assertThat(patch(register, path, "token=").field("Token")).matches("[a-zA-Z0-9]{22}");
        assertThat(patch(register, path, "callbackUrl=http://c:d@host/").body())
                .contains("\"Token\":\"****", "\"CallbackURL\":\"http://c:d@host/\"");
        for (String entry : List.of("/channel/mine-set", "/producer/mine-set")) {
            assertThat(register.put(entry, "token=given").field("Token")).isEqualTo("given");
            assertThat(patch(register, entry, "name=other").field("Token")).isEqualTo("****");
            assertThat(patch(register, entry, "token=next").field("Token")).isEqualTo("next");
        }
    }

    /** A client that gives back what it has read would set the token to the hint. */
    @Test
    void whatAnAnswerShowedIsNotTakenForAToken() {
        RawClient register = keyed.as("register");
        for (String path : List.of("/channel/mine", "/producer/mine", "/channel/mine/consumer/push")) {
            String since = "If-Unmodified-Since: " + register.get(path).header("Last-Modified");
            String form = "token=" + register.get(path).field("Token") + "&callbackUrl=http://host/";
            for (String method : List.of("PUT ", "PATCH ")) {
                Answer refused = register.form(method + path, form, since);
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.body()).contains("`token`", "PATCH without");
            }
            assertThat(register.get(path).header("Last-Modified")).isEqualTo(since.substring(21));
        }
        String consumer = "/channel/mine/consumer/push";
        Answer refused = register.form(
                "PUT " + consumer,
                "token=x&callbackUrl=" + register.get(consumer).field("CallbackURL"),
                "If-Unmodified-Since: " + register.get(consumer).header("Last-Modified"));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).contains("`callbackUrl`");
    }

    /** The other ways in and out: the admin port with each key, and what the endpoint of a consumer gets. */
    @ParameterizedTest
    @MethodSource("anybody")
    void noPageOfTheAdminPortShowsOne(String role) {
        RawClient admin =
                role.equals("nobody") ? keyed.admin() : keyed.admin("Authorization: Bearer " + keyed.key(role));
        for (String call : List.of(
                "GET /metrics",
                "GET /prometheus",
                "GET /healthcheck",
                "GET /threads",
                "GET /tasks",
                "POST /tasks/why?channel=mine&message=mine-O",
                "POST /tasks/accounting",
                "POST /tasks/incarnations",
                "POST /tasks/keys?do=list",
                "POST /tasks/requeue?channel=mine&consumer=none")) {
            Answer answer = admin.send(call, "");
            assertThat(answer.body()).as(call).doesNotContain(KeyedBroker.MARK, keyed.key("admin"));
            if (role.equals("admin") && !call.contains("none")) {
                assertThat(answer.status()).as(call).isEqualTo(200);
            }
        }
    }

    @Test
    void theEndpointOfAConsumerGetsItsOwnTokenAlone() {
        List<ReceivedRequest> received = keyed.consumers().requests();
        assertThat(received).isNotEmpty();
        for (ReceivedRequest request : received) {
            assertThat(request.toString())
                    .doesNotContain(
                            KeyedBroker.token("channel", "mine"),
                            KeyedBroker.token("producer", "mine"),
                            "whsec_",
                            keyed.key("admin"));
        }
    }

    private static Answer patch(RawClient client, String path, String form) {
        Answer changed = client.form(
                "PATCH " + path,
                form,
                "If-Unmodified-Since: " + client.get(path).header("Last-Modified"));
        assertThat(changed.status()).as(changed.toString()).isEqualTo(200);
        return changed;
    }
}
