package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.http.server.Rfc3339;
import org.webhookbroker.registry.LastModified;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.RawClient;

/** Contract 3: producers, channels and consumers. */
@Tag("G12")
final class RegistryContractTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    private static final String BAD_TYPE = "Bad Request: `type` is neither push nor pull; leave it out for push";
    private static final String BAD_URL =
            "Bad Request: `callbackUrl` is missing, or is no absolute URL; begin it with http:// or https://";
    private static final String BAD_REQUEST = "Bad Request: Update is missing `If-Unmodified-Since` header ";
    private static final String MEDIA_TYPE = "Media type not supported";
    private static final String CALLBACK = "callbackUrl=http%3A%2F%2Fhost%2Fk";

    private final RawClient client = contract.client();

    @Test
    void theTextOfBadRequestHas60Bytes() {
        assertThat(BAD_REQUEST).hasSize(60);
    }

    @Test
    void aProducerIsCreatedShownAndListed() {
        Answer put = client.put("/producer/shown?token=ignored&name=ignored", "token=t1&name=Shown+one");
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.body())
                .matches("\\{\"ID\":\"shown\",\"Name\":\"Shown one\",\"Token\":\"t1\",\"ChangedAt\":\"[^\"]+Z\"}\n");
        assertThat(put.header("Last-Modified")).isEqualTo(lastModified(put));
        Answer get = client.get("/producer/shown");
        assertThat(get.body()).isEqualTo(put.body());
        assertThat(get.header("Last-Modified")).isEqualTo(put.header("Last-Modified"));
        assertThat(client.get("/producers").body()).contains("\"/producer/shown\"");
    }

    /** Its body is a form all the same, and no payload. */
    @Test
    void anIdMayBeAWordOfAPath() {
        assertThat(client.put("/channel/broadcast", "token=t").field("Token")).isEqualTo("t");
        assertThat(client.put("/channel/broadcast/consumer/broadcast", CALLBACK).status())
                .isEqualTo(200);
    }

    @Test
    void aChannelLinksWhatBelongsToIt() {
        assertThat(client.put("/channel/linked", "token=t").body())
                .contains("\"ConsumersURL\":\"/channel/linked/consumers\",\"MessagesURL\":\"/channel/linked/messages\","
                        + "\"BroadcastURL\":\"/channel/linked/broadcast\","
                        + "\"MessagesStatusURL\":\"/channel/linked/messages-status\"}\n");
    }

    @Test
    void aConsumerIsPushUnlessItSaysPull() {
        client.put("/channel/types", "");
        Answer put = client.put("/channel/types/consumer/k", "token=kt&" + CALLBACK);
        assertThat(put.body())
                .startsWith("{\"ID\":\"k\",\"Name\":\"k\",\"Token\":\"kt\",\"ChangedAt\":\"")
                .endsWith("\"CallbackURL\":\"http://host/k\",\"DeadLetterQueueURL\":\"/channel/types/consumer/k/dlq\","
                        + "\"Type\":\"push\"}\n");
        assertThat(client.get("/channel/types/consumer/k").body()).isEqualTo(put.body());
        assertThat(client.put("/channel/types/consumer/l", "type=pull&" + CALLBACK)
                        .field("Type"))
                .isEqualTo("pull");
        assertThat(client.get("/channel/types/consumers").body())
                .contains("[\"/channel/types/consumer/l\",\"/channel/types/consumer/k\"]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            application/x-www-form-urlencoded                | 200
            application/x-www-form-urlencoded; charset=utf-8 | 200
            application/x-www-form-urlencoded;garbage        | 200
            Application/x-www-form-urlencoded                | 415
            application/x-www-form-urlencoded ; charset=x    | 415
            application/json                                 | 415
            ;;;                                              | 415
            """)
    void thePartBeforeTheSemicolonMustMatchExactly(String type, int status) {
        Answer answer = client.send("PUT /producer/typed-" + type.hashCode(), "", "Content-Type: " + type);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(status == 415 ? answer.body() : MEDIA_TYPE).isEqualTo(MEDIA_TYPE);
    }

    @Test
    void aMissingContentTypeIs415EvenForAnUnknownChannel() {
        assertThat(client.send("PUT /channel/none/consumer/k", "").status()).isEqualTo(415);
        assertThat(client.put("/channel/none/consumer/k", CALLBACK).status()).isEqualTo(404);
    }

    @Test
    void anUpdateNeedsTheTextOfLastModified() {
        Answer created = client.put("/producer/cond", "token=a", "If-Unmodified-Since: not looked at");
        assertThat(created.status()).isEqualTo(200);
        assertRefused(client.put("/producer/cond", "token=b"), 400, BAD_REQUEST);
        assertRefused(client.put("/producer/cond", "token=b", "If-Unmodified-Since: "), 400, BAD_REQUEST);
        String later = "If-Unmodified-Since: Tue, 24 Nov 2099 22:20:02 GMT";
        assertRefused(client.put("/producer/cond", "token=b", later), 412, MEDIA_TYPE);
        Answer updated = client.put("/producer/cond", "token=b", condition(created));
        assertThat(updated.status()).isEqualTo(200);
        assertThat(updated.header("Last-Modified"))
                .isNotEqualTo(created.header("Last-Modified"))
                .isEqualTo(lastModified(updated));
        assertRefused(client.put("/producer/cond", "token=c", condition(created)), 412, MEDIA_TYPE);
    }

    @Test
    void unchangedValuesLeaveChangedAt() {
        Answer created = client.put("/channel/same", "token=a");
        assertThat(client.put("/channel/same", "token=a", condition(created)).body())
                .isEqualTo(created.body());
    }

    @Test
    void theDefaultsApplyOnUpdateToo() {
        client.put("/channel/defaults", "");
        String path = "/channel/defaults/consumer/k";
        Answer created = client.put(path, "name=N&token=T&type=pull&" + CALLBACK);
        Answer updated = client.put(path, CALLBACK, condition(created));
        assertThat(updated.field("Name")).isEqualTo("k");
        assertThat(updated.field("Token")).matches("[a-zA-Z0-9]{22}");
        assertThat(updated.field("Type")).isEqualTo("push");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "callbackUrl=",
                "callbackUrl=/relative",
                "callbackUrl=host",
                "callbackUrl=http://a%20b/",
                "callbackUrl=http://h/%25zz",
                "callbackUrl=http://h:port/",
                "callbackUrl=http://h/%00",
                CALLBACK + "&type=PUSH",
                CALLBACK + "&type=webhook"
            })
    void badConsumersAreRefused(String form) {
        client.put("/channel/bad", "token=t", "If-Unmodified-Since: x");
        Answer refused = client.put("/channel/bad/consumer/k", form);
        assertRefused(refused, 400, form.contains("type=") ? BAD_TYPE : BAD_URL);
        assertThat(client.get("/channel/bad/consumer/k").status()).isEqualTo(404);
    }

    @Test
    void theConditionIsJudgedBeforeTheValues() {
        client.put("/channel/order", "");
        Answer created = client.put("/channel/order/consumer/k", CALLBACK);
        assertRefused(client.put("/channel/order/consumer/k", "", "If-Unmodified-Since: x"), 412, MEDIA_TYPE);
        assertRefused(client.put("/channel/order/consumer/k", "", condition(created)), 400, BAD_URL);
    }

    @Test
    void valuesTheDatabaseCouldNotHoldAreRefused() {
        String fits = "%F0%9F%98%80".repeat(255);
        assertThat(client.put("/producer/" + fits, "token=t&name=" + fits).status())
                .isEqualTo(200);
        assertRefused(
                client.put("/producer/" + "i".repeat(256), ""),
                400,
                "Bad Request: `id` has 256 characters; use 1 to 255");
        assertThat(client.put("/producer/long", "name=" + "n".repeat(256)).status())
                .isEqualTo(400);
        assertThat(client.put("/producer/long", "token=" + "t".repeat(256)).status())
                .isEqualTo(400);
        assertThat(client.put("/producer/%00", "").status()).isEqualTo(400);
        assertThat(client.put("/producer/long", "token=a%0Ab").status()).isEqualTo(400);
        assertThat(client.put("/producer/long", "token=%zz").status()).isEqualTo(400);
        assertThat(client.put("/producer/long", "token=%ff").status()).isEqualTo(400);
        client.put("/channel/long", "");
        String url = "callbackUrl=http://h/" + "p".repeat(4096);
        assertThat(client.put("/channel/long/consumer/k", url).body()).contains("`callbackUrl`", "4105", "4096");
    }

    @Test
    void whatAnybodyMaySendIsBounded() {
        assertRefused(
                client.put("/producer/large", "x=" + "y".repeat(32 << 10)),
                413,
                "Request Entity Too Large: a form has at most 32768 bytes");
        assertRefused(
                client.put("/producer/large", "a&".repeat(100)), 400, "Bad Request: a form has at most 100 fields");
        String largest = "%F0%9F%98%80".repeat(255);
        client.put("/channel/large", "");
        assertThat(client.put(
                                "/channel/large/consumer/" + largest,
                                "callbackUrl=http%3A%2F%2Fh%2F" + "%70".repeat(4000) + "&type=pull&token=" + largest
                                        + "&name=" + largest)
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%25",
                "_",
                "a%27b%22c",
                "a%20b",
                "a+b",
                "a;b=c",
                "%C3%BC",
                "%E2%82%AC",
                "a%3Fb%23",
                "a%26b",
                "%7Bx%7D",
                "a|b",
                "..%2e",
                "A",
                "a",
                "A%20"
            })
    void idsAreExact(String encoded) {
        assertThat(client.get("/producer/" + encoded).status()).isEqualTo(404);
        Answer put = client.put("/producer/" + encoded, "token=t");
        assertThat(put.status()).isEqualTo(200);
        assertThat(client.get("/producer/" + encoded).body()).isEqualTo(put.body());
    }

    @Test
    void ofTwoUpdatesWithOneConditionExactlyOneWins() throws Exception {
        Answer current = client.put("/producer/raced", "token=0");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int round = 1; round <= 10; round++) {
            String condition = condition(current);
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Answer>> racing = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String form = "token=r" + round + "-" + i;
                racing.add(threads.submit(() -> {
                    go.await();
                    return client.put("/producer/raced", form, condition);
                }));
            }
            go.countDown();
            int won = 0;
            for (Future<Answer> answer : racing) {
                assertThat(answer.get().status()).isIn(200, 412);
                if (answer.get().status() == 200) {
                    won++;
                    current = answer.get();
                }
            }
            assertThat(won).as("winners of round " + round).isEqualTo(1);
        }
        threads.shutdown();
        assertThat(client.get("/producer/raced").body()).isEqualTo(current.body());
    }

    @Test
    void ofTwoCreationsOneIsAnUpdateWithoutCondition() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Answer>> racing = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String form = "token=" + i;
            racing.add(threads.submit(() -> client.put("/channel/created-twice", form)));
        }
        int won = 0;
        for (Future<Answer> answer : racing) {
            assertThat(answer.get().status()).isIn(200, 400);
            won += answer.get().status() == 200 ? 1 : 0;
        }
        threads.shutdown();
        assertThat(won).isEqualTo(1);
    }

    @Test
    void aConsumerIsDeletedOnCondition() {
        client.put("/channel/del", "");
        Answer created = client.put("/channel/del/consumer/k", CALLBACK);
        String line = "DELETE /channel/del/consumer/k";
        assertThat(client.send("DELETE /channel/none/consumer/k", "").status()).isEqualTo(404);
        assertThat(client.send("DELETE /channel/del/consumer/none", "").status())
                .isEqualTo(404);
        assertThat(client.send(line, "").status()).isEqualTo(400);
        assertThat(client.send(line, "", "If-Unmodified-Since: x").status()).isEqualTo(412);
        Answer deleted = client.send(line, "", condition(created));
        assertThat(deleted.status()).isEqualTo(204);
        assertThat(deleted.headers()).doesNotContainKey("Content-Type");
        assertThat(deleted.body()).isEmpty();
        assertThat(client.get("/channel/del/consumer/k").status()).isEqualTo(404);
    }

    @Test
    void aConsumerWithJobsIsDeletedOnlyByForce() {
        String channel = contract.channel();
        String k = contract.push(channel, "k", Behavior.status(200));
        contract.awaitStates(contract.message(channel, "m"), "DELIVERED");
        Answer existing = client.get(k);
        Answer refused = client.send("DELETE " + k, "", condition(existing));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body()).contains("0 QUEUED, 0 INFLIGHT, 1 DELIVERED, 0 DEAD", "?force=true");
        assertThat(client.send("DELETE " + k + "?force=true", "", condition(existing))
                        .status())
                .isEqualTo(204);
        assertThat(client.get(k).status()).isEqualTo(404);
    }

    /** Beyond the contract: clients that do not know it see and send nothing of it. */
    @Test
    void aConsumerMayHaveItsOwnTimeToBeUnreachable() {
        String k = contract.channel() + "/consumer/k";
        Answer created = client.put(k, "token=kt&callbackUrl=http%3A%2F%2Fh%2F&unreachableFor=60");
        assertThat(created.field("UnreachableFor")).isEqualTo("60");
        assertThat(client.get(k).body()).isEqualTo(created.body());

        Answer plain = client.put(k, "token=kt&callbackUrl=http%3A%2F%2Fh%2F", condition(created));
        assertThat(plain.status()).isEqualTo(200);
        assertThat(plain.body()).doesNotContain("UnreachableFor");

        Answer refused = client.put(k, "token=kt&callbackUrl=http%3A%2F%2Fh%2F&unreachableFor=1h", condition(plain));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).contains("unreachableFor");
    }

    private static void assertRefused(Answer answer, int status, String body) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
    }

    private static String condition(Answer answer) {
        return "If-Unmodified-Since: " + answer.header("Last-Modified");
    }

    private static String lastModified(Answer answer) {
        return LastModified.of(Rfc3339.parse(answer.field("ChangedAt")).orElseThrow());
    }
}
