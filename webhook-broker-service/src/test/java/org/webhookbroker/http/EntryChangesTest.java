package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.message.BroadcastResult;
import org.webhookbroker.message.Content;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Producer;
import org.webhookbroker.testing.MariaDbExtension;

/** Entries of the registry change in part, go, and are bounded in number and in text. */
class EntryChangesTest {
    private static final String K = "/channel/c1/consumer/k";
    private static final String PULL =
            "token=kt&callbackUrl=http://h/a&type=pull&maxRetries=3&retryDelays=1,2&unreachableFor=60&name=Kay";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private TestNode node;
    private Requests requests;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb.database(), settings -> settings.registry.maxEntries = 8).started();
        requests = new Requests(node);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aPatchOfAConsumerKeepsWhatItDoesNotName() {
        form("PUT", K, PULL, "");

        HttpResponse<String> moved = form("PATCH", K, "callbackUrl=http://h/b", modified(K));

        assertThat(moved.statusCode()).isEqualTo(200);
        assertThat(moved.body()).isEqualTo(requests.get(K).body());
        assertThat(moved.headers().firstValue("Last-Modified")).contains(modified(K));
        assertThat(values()).isEqualTo("Kay kt http://h/b pull 3 1,2 60");
        form("PATCH", K, "type=push&token=new", modified(K));
        assertThat(values()).isEqualTo("Kay new http://h/b push 3 1,2 60");
        form("PATCH", K, "retryDelays=&maxRetries=0&name=", modified(K));
        assertThat(values()).isEqualTo("k new http://h/b push 0  60");
        String before = modified(K);
        assertThat(form("PATCH", K, "", before).statusCode()).isEqualTo(200);
        assertThat(modified(K)).as("nothing changed").isEqualTo(before);
    }

    @Test
    void aPatchOfAProducerOrAChannelKeepsTheTokenOrTheName() {
        for (String path : List.of("/producer/p1", "/channel/c1")) {
            String token = requests.json(path).path("Token").asText();
            assertThat(form("PATCH", path, "name=New", modified(path)).statusCode())
                    .isEqualTo(200);
            assertThat(requests.json(path).path("Token").asText()).isEqualTo(token);
            form("PATCH", path, "token=t2", modified(path));
            assertThat(requests.json(path).path("Name").asText()).isEqualTo("New");
            form("PATCH", path, "token=", modified(path));
            assertThat(requests.json(path).path("Token").asText()).matches("[a-zA-Z0-9]{22}");
        }
    }

    /** They were stored before a rule became stricter. */
    @Test
    void aPatchJudgesOnlyWhatItNames() {
        form("PUT", K, PULL, "");
        mariaDb.sql().execute("UPDATE consumer SET name = 'a\\nb', token = ' kt', callback_url = 'http://a_b:x/\\n'");
        mariaDb.sql().execute("UPDATE producer SET token = ' pt'");
        mariaDb.sql().execute("UPDATE channel SET name = ''");

        assertThat(form("PATCH", K, "maxRetries=4", modified(K)).statusCode()).isEqualTo(200);
        assertThat(values()).isEqualTo("a\nb  kt http://a_b:x/\n pull 4 1,2 60");
        assertThat(form("PATCH", "/producer/p1", "name=New", modified("/producer/p1"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(requests.json("/producer/p1").path("Token").asText()).isEqualTo(" pt");
        assertThat(form("PATCH", "/channel/c1", "token=ct2", modified("/channel/c1"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(requests.json("/channel/c1").path("Name").asText()).isEmpty();
        refused(form("PATCH", K, "token= kt", modified(K)), 400, "`token` begins or ends with a blank");
        refused(form("PATCH", K, "callbackUrl=http://a_b:x/", modified(K)), 400, "`callbackUrl`");
        refused(form("PUT", K, "token= kt&callbackUrl=http://h/", modified(K)), 400, "`token`");
    }

    @Test
    void whatIsWrongWithAPatchIsNamedAndNothingChanges() {
        form("PUT", K, PULL, "");
        String current = modified(K);
        refused(form("PATCH", K + "x", "name=x", current), 404, "not found");
        refused(form("PATCH", "/channel/none/consumer/k", "name=x", current), 404, "not found");
        refused(form("PATCH", K, "type=PUSH", ""), 400, "missing `If-Unmodified-Since`");
        refused(form("PATCH", K, "type=PUSH", "x"), 412, "");
        refused(form("PATCH", K, "type=PUSH", current), 400, "`type` is neither push nor pull");
        refused(form("PUT", K, "callbackUrl=http://h/&type=x", current), 400, "`type` is neither push nor pull");
        refused(form("PATCH", K, "callbackUrl=", current), 400, "`callbackUrl` is missing");
        refused(form("PATCH", K, "maxRetries=256", current), 400, "`maxRetries`");
        refused(form("PATCH", K, "token=" + "t".repeat(256), current), 400, "`token` has 256 characters");
        refused(requests.send("PATCH", K, "", "If-Unmodified-Since", current), 415, "");
        assertThat(values()).isEqualTo("Kay kt http://h/a pull 3 1,2 60");
    }

    /** Its request has seen the entry, and waits for the row of it. */
    @Test
    void aPatchDoesNotBringBackWhatWasRemovedMeanwhile() throws Exception {
        form("PUT", K, PULL, "");

        refused(patchWhile("/producer/p1", "UPDATE producer SET id = 'another-one!'"), 412, "");
        refused(patchWhile(K, "DELETE FROM consumer"), 404, "not found");
        refused(patchWhile("/producer/p1", "DELETE FROM producer"), 404, "not found");
        refused(patchWhile("/channel/c1", "DELETE FROM channel"), 404, "not found");

        for (String table : List.of("producer", "channel", "consumer")) {
            assertThat(mariaDb.sql().count(table)).as(table).isZero();
        }
    }

    /** Whoever may only register could not make that exception, nor choose that profile. */
    @ParameterizedTest
    @ValueSource(strings = {"allowed_networks = '10.1.0.0/16'", "tls_profile = 'bank'"})
    @Tag("G12")
    void aRouteDoesNotOutliveItsConsumerByAPut(String route) throws Exception {
        form("PUT", K, PULL, "");
        mariaDb.sql().execute("UPDATE consumer SET " + route);

        refused(changeWhile("PUT", K, PULL.replace("Kay", "New"), "DELETE FROM consumer"), 404, "not found");
        assertThat(mariaDb.sql().count("consumer")).isZero();

        form("PUT", K, PULL, "");
        assertThat(changeWhile("PUT", K, PULL.replace("Kay", "New"), "DELETE FROM consumer")
                        .statusCode())
                .as("without a route it begins anew, as the contract has it")
                .isEqualTo(200);
        assertThat(mariaDb.sql().count("consumer", route)).isZero();
    }

    /** Anybody could end the profile, move the consumer, and name the profile again; of an exception nobody could. */
    @Test
    void withoutKeysAConsumerWithAProfileMovesAndOneWithAnExceptionStays() {
        form("PUT", K, PULL, "");
        mariaDb.sql().execute("UPDATE consumer SET tls_profile = 'bank'");
        assertThat(form("PUT", K, PULL.replace("http://h/", "https://other:1/"), modified(K))
                        .statusCode())
                .isEqualTo(200);
        assertThat(mariaDb.sql().count("consumer", "tls_profile = 'bank' AND callback_url = 'https://other:1/a'"))
                .isEqualTo(1);

        mariaDb.sql().execute("UPDATE consumer SET allowed_networks = '10.1.0.0/16'");
        for (String method : List.of("PUT", "PATCH")) {
            refused(form(method, K, PULL, modified(K)), 403, "needs a key with the role admin");
        }
    }

    private HttpResponse<String> patchWhile(String path, String change) throws Exception {
        return changeWhile("PATCH", path, "name=New", change);
    }

    /** On a slow machine the request waits in vain, and is repeated. */
    private HttpResponse<String> changeWhile(String method, String path, String form, String change) throws Exception {
        while (true) {
            try (Connection other = mariaDb.connect();
                    Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute(change);
                CompletableFuture<HttpResponse<String>> request =
                        CompletableFuture.supplyAsync(() -> form(method, path, form, modified(path)));
                await().until(() -> request.isDone()
                        || mariaDb.sql()
                                        .count(
                                                "information_schema.innodb_trx",
                                                "trx_state = 'LOCK WAIT' AND trx_query LIKE '%changed_at%'")
                                == 1);
                if (!request.isDone()) {
                    statement.execute("UPDATE registry_version SET version = version + 1");
                    other.commit();
                    return request.join();
                }
                assertThat(request.join().statusCode()).isEqualTo(503);
                other.rollback();
            }
        }
    }

    @Test
    void aProducerGoesAndItsMessagesStay() {
        requests.broadcast("hi", "X-Broker-Message-ID", "m");
        refused(delete("/producer/none", "x"), 404, "not found");
        refused(delete("/producer/p1", ""), 400, "missing `If-Unmodified-Since`");
        refused(delete("/producer/p1", "x"), 412, "");

        assertThat(delete("/producer/p1", modified("/producer/p1")).statusCode())
                .isEqualTo(204);

        assertThat(requests.get("/producer/p1").statusCode()).isEqualTo(404);
        assertThat(requests.json("/channel/c1/message/m").path("Payload").asText())
                .isEqualTo("hi");
        assertThat(requests.json("/channel/c1/message/m").path("ProducedBy").asText())
                .isEmpty();
        assertThat(requests.broadcast("hi").statusCode()).isEqualTo(401);
    }

    @Test
    void aChannelGoesOnceNothingNeedsIt() {
        String c = "/channel/c1";
        String needed = "Channel has consumers, messages or scheduled messages";
        form("PUT", K, PULL, "");
        refused(delete(c, modified(c)), 409, needed);
        delete(K, modified(K));
        requests.broadcast("hi", "X-Broker-Message-ID", "m");
        refused(delete(c, modified(c)), 409, needed);
        mariaDb.sql().execute("DELETE FROM message");
        requests.broadcast("hi", "X-Broker-Message-ID", "s", "X-Broker-Scheduled-For", "2030-01-01T00:00:00Z");
        refused(delete(c, modified(c)), 409, needed);
        mariaDb.sql().execute("DELETE FROM scheduled_due");
        mariaDb.sql().execute("DELETE FROM scheduled_message");
        refused(delete(c, ""), 400, "missing `If-Unmodified-Since`");
        refused(delete(c, "x"), 412, "");

        assertThat(delete(c, modified(c)).statusCode()).isEqualTo(204);

        assertThat(requests.get(c).statusCode()).isEqualTo(404);
        assertThat(mariaDb.sql().count("tally") + mariaDb.sql().count("scheduled_tally"))
                .isZero();
        refused(delete(c, "x"), 404, "not found");
    }

    /** Its request was checked before, and the others of its group are stored (G1). */
    @Test
    @Tag("G1")
    void nothingIsStoredForAChannelThatIsGone() {
        form("PUT", "/channel/c2", "token=ct", "");
        Channel gone = node.registry.refresh().channel("c2").orElseThrow();
        Producer producer = node.registry.current().producer("p1").orElseThrow();
        assertThat(delete("/channel/c2", modified("/channel/c2")).statusCode()).isEqualTo(204);
        Content content = new Content("x/y", 0, Map.of(), new byte[] {1});
        Instant later = Instant.parse("2030-01-01T00:00:00Z");

        CompletableFuture<BroadcastResult> lost = node.intake.submit(gone, producer, "m", content);
        CompletableFuture<BroadcastResult> stored = node.intake.submit(node.channel(), producer, "m", content);
        CompletableFuture<BroadcastResult> scheduled = node.broker.schedule.submit(gone, producer, "s", content, later);

        assertThat(lost.join()).isEqualTo(BroadcastResult.UNAVAILABLE);
        assertThat(scheduled.join()).isEqualTo(BroadcastResult.UNAVAILABLE);
        assertThat(stored.join()).isEqualTo(BroadcastResult.ACCEPTED);
        assertThat(mariaDb.sql().count("message")).isEqualTo(1);
        assertThat(mariaDb.sql().count("scheduled_message")).isZero();
    }

    @Test
    @Tag("G8")
    void theRegistryIsBoundedInEntries() {
        for (int i = 0; i < 6; i++) {
            assertThat(form("PUT", "/producer/more" + i, "", "").statusCode()).isEqualTo(200);
        }
        for (String path : List.of("/producer/x", "/channel/x", K)) {
            refused(
                    form("PUT", path, PULL, ""),
                    400,
                    "the registry has 8 producers, channels and consumers, as many as `registry.maxEntries`");
            assertThat(requests.get(path).statusCode()).isEqualTo(404);
        }
        assertThat(form("PATCH", "/producer/more0", "name=New", modified("/producer/more0"))
                        .statusCode())
                .as("what is there can be changed")
                .isEqualTo(200);
        delete("/producer/more1", modified("/producer/more1"));
        assertThat(form("PUT", K, PULL, "").statusCode()).isEqualTo(200);
    }

    @Test
    @Tag("G8")
    void theRegistryIsBoundedInText() {
        String large = "token=t&callbackUrl=http://h/" + "u".repeat(4080);
        assertThat(form("PUT", K, large, "").statusCode()).isEqualTo(200);
        refused(form("PUT", K + "2", large, ""), 400, "of the registry have 4");
        assertThat(form("PUT", K + "2", "token=t&callbackUrl=http://h/", "").statusCode())
                .isEqualTo(200);
        refused(form("PATCH", K + "2", large, modified(K + "2")), 400, "shorten them, or raise it");
        assertThat(form("PATCH", K, "callbackUrl=http://h/", modified(K)).statusCode())
                .isEqualTo(200);
        assertThat(form("PATCH", K + "2", large, modified(K + "2")).statusCode())
                .isEqualTo(200);
    }

    private String values() {
        var consumer = requests.json(K);
        return String.join(
                " ",
                List.of("Name", "Token", "CallbackURL", "Type", "MaxRetries", "RetryDelays", "UnreachableFor").stream()
                        .map(field -> consumer.path(field).asText())
                        .toList());
    }

    private String modified(String path) {
        return requests.get(path).headers().firstValue("Last-Modified").orElse("none");
    }

    private HttpResponse<String> delete(String path, String condition) {
        return requests.delete(path, "If-Unmodified-Since", condition);
    }

    private HttpResponse<String> form(String method, String path, String form, String condition) {
        String type = "application/x-www-form-urlencoded";
        return requests.send(method, path, form, "Content-Type", type, "If-Unmodified-Since", condition);
    }

    private static void refused(HttpResponse<String> response, int status, String text) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).contains(text);
    }
}
