package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.ReceivedRequest;
import org.webhookbroker.testing.TestKeys;

/** Keys at the API: how they are shown, and how they go together with the tokens of the contract. */
final class KeysTest {
    @RegisterExtension
    static final KeyedBroker keyed = new KeyedBroker();

    private static final String BROADCAST = "POST /channel/mine/broadcast";
    private static final String PRODUCER = "X-Broker-Producer-ID: mine";
    private static final String[] TOKENS = {
        PRODUCER,
        "X-Broker-Channel-Token: " + KeyedBroker.token("channel", "mine"),
        "X-Broker-Producer-Token: " + KeyedBroker.token("producer", "mine")
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer KEY",
                "authorization: bearer KEY",
                "AUTHORIZATION: BEARER KEY",
                "Authorization:bEaReR   KEY  "
            })
    void isShownInOneHeader(String header) {
        Answer answer = keyed.stranger().get("/channels", header.replace("KEY", keyed.key("read")));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(keyed.stranger()
                        .send("HEAD /channels", "", header.replace("KEY", keyed.key("read")))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization:",
                "Authorization: KEY",
                "Authorization: Bearer",
                "Authorization: BearerKEY",
                "Authorization: Basic KEY",
                "Authorization: Bearer KEY x",
                "Authorization: Bearer KEY, Bearer KEY",
                "Authorization: Bearer KEYx",
                "Authorization: Bearer \"KEY\"",
                "Authorization: Bearer KEY|Authorization: Bearer KEY",
                "Authorization: Bearer KEY|Authorization: Basic x",
                "Cookie: Authorization=Bearer KEY",
                "X-Authorization: Bearer KEY",
                "Proxy-Authorization: Bearer KEY"
            })
    void anythingElseIsRefused(String headers) {
        String[] lines = headers.replace("KEY", keyed.key("admin")).split("\\|");
        Answer answer = keyed.stranger().get("/channels?access_token=" + keyed.key("admin"), lines);
        assertThat(answer.status()).isIn(401, 429);
        assertThat(answer.header(answer.status() == 401 ? "WWW-Authenticate" : "Retry-After"))
                .matches("Bearer|[0-9]+");
        assertThat(answer.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(answer.header("X-Request-ID")).isNotEmpty();
        assertThat(answer.body()).doesNotContain(keyed.key("admin"));
    }

    /** They are what somebody else behind the same proxy may have sent. */
    @Test
    void tooManyWrongKeysAreSlowedDownAndARightOneIsNot() {
        RawClient wrong = keyed.stranger().adding("Authorization: Bearer whb_wrong");
        Answer slowed = await().until(() -> wrong.get("/channels"), answer -> answer.status() == 429);
        assertThat(Integer.parseInt(slowed.header("Retry-After"))).isBetween(1, 60);
        assertThat(keyed.as("read").get("/channels").status()).isEqualTo(200);
        assertThat(keyed.stranger().get("/channels").status()).isEqualTo(401);
        assertThat(keyed.stranger().send(BROADCAST, "hi", TOKENS).status()).isEqualTo(201);
    }

    @Test
    void tokensGoOnWorkingWithoutAKey() {
        assertThat(keyed.stranger().send(BROADCAST, "hi", TOKENS).status()).isEqualTo(201);
        assertThat(keyed.stranger()
                        .get(
                                "/channel/mine/consumer/pull/queued-jobs",
                                TOKENS[1],
                                "X-Broker-Consumer-Token: " + KeyedBroker.token("consumer", "mine"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aKeyStandsForTokens() {
        assertThat(keyed.as("broadcast").send(BROADCAST, "hi", PRODUCER).status())
                .isEqualTo(201);
        Answer leased = keyed.as("consume").send("POST /channel/mine/consumer/pull/jobs/lease", "{\"Limit\":1}");
        assertThat(leased.body()).contains("\"Receipt\"");
    }

    /** A client of the contract behind a proxy that adds a key is judged as ever. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            X-Broker-Channel-Token: wrong   ; 403 ; channel token does not match
            X-Broker-Producer-Token: wrong  ; 403 ; producer token does not match
            X-Broker-Producer-ID: none      ; 401 ; producer could not be found
            X-Broker-Channel-Token:         ; 201 ;
            """)
    void aTokenThatIsSentIsJudged(String header, int status, String text) {
        Answer answer = keyed.as("broadcast").send(BROADCAST, "hi", header, PRODUCER);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(text == null ? "" : text);
    }

    @Test
    void aWrongKeyIsNeverIgnored() {
        RawClient wrong = keyed.stranger().adding("Authorization: Bearer whb_wrong");
        assertThat(wrong.send(BROADCAST, "hi", TOKENS).status()).isIn(401, 429);
        assertThat(wrong.get("/_status").status()).isIn(401, 429);
        assertThat(keyed.as("read").send(BROADCAST, "hi", TOKENS).status()).isEqualTo(403);
    }

    /** Not even a secret of the receiver may be rotated by tokens: producers know one, receivers the other. */
    @Test
    void rotatingASecretNeedsAKey() {
        String path = "POST /channel/mine/consumer/push/rotate-secret";
        String token = "X-Broker-Consumer-Token: " + KeyedBroker.token("consumer", "mine");
        assertThat(keyed.stranger().form(path, "", TOKENS[1], token).status()).isEqualTo(401);
        assertThat(keyed.as("consume").form(path, "").status()).isEqualTo(403);
        assertThat(keyed.as("register").form(path, "").field("SigningSecret")).startsWith("whsec_");
    }

    @Test
    void aKeyOfOneProducerSendsInNoOtherName() {
        String key = new TestKeys(keyed.mariaDb()).add("broadcast", "mine*", "mine");
        RawClient bound = keyed.stranger().adding(TestKeys.header(key));
        await().until(() -> bound.send(BROADCAST, "hi", PRODUCER).status() == 201);
        for (String other : List.of("theirs", "absent", "")) {
            Answer refused = bound.send(BROADCAST, "hi", "X-Broker-Producer-ID: " + other);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.body()).isEqualTo("the key is for another producer than `X-Broker-Producer-ID` names");
        }
    }

    /** It would be stored with the message, and shown to each consumer. */
    @Test
    void theKeyIsNotPassedOnToConsumers() {
        keyed.as("broadcast")
                .send(
                        BROADCAST,
                        "passed on",
                        PRODUCER,
                        "X-Broker-Message-ID: passed-on",
                        "X-Broker-Metadata-Headers: Authorization,authorization,X-Other",
                        "X-Other: yes");
        ReceivedRequest received = await().until(
                        () -> keyed.consumers().requests().stream()
                                .filter(request ->
                                        request.headers("X-Broker-Message-ID").contains("passed-on"))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(received.headers("X-Other")).containsExactly("yes");
        assertThat(received.toString()).doesNotContain(keyed.key("broadcast"));
        assertThat(keyed.as("read").get("/channel/mine/message/passed-on").body())
                .contains("X-Other")
                .doesNotContain(keyed.key("broadcast"), "uthorization");
    }

    /** Each is the operator's; who registers may leave it as it is. */
    @Test
    void howCallsMayGoIsForAdministrators() {
        RawClient register = keyed.as("register");
        String path = "/channel/mine/consumer/routed";
        String form = "token=t&callbackUrl=http://host/";
        assertThat(register.put(path, form + "&allowedNetworks=10.0.0.0/8").status())
                .isEqualTo(403);
        assertThat(register.get(path).status()).isEqualTo(404);
        assertThat(register.put(path, form + "&allowedNetworks=&tlsProfile=").status())
                .isEqualTo(200);
        String since = "If-Unmodified-Since: " + register.get(path).header("Last-Modified");
        for (String field : List.of("allowedNetworks=10.0.0.0/8", "tlsProfile=other")) {
            assertThat(register.form("PATCH " + path, field, since).status()).isEqualTo(403);
        }
        assertThat(register.form("PATCH " + path, "name=new", since).status()).isEqualTo(200);
    }

    /** What an administrator allowed is for the scheme, host and port that the consumer had then. */
    @ParameterizedTest
    @CsvSource({"allowed_networks, 10.1.0.0/16", "tls_profile, bank"})
    void whatHasARouteIsMovedByAdministrators(String column, String route) {
        String path = "/channel/mine/consumer/" + column;
        String url = "token=t&callbackUrl=https://10.1.0.5/hook";
        assertThat(keyed.as("admin").put(path, url).status()).isEqualTo(200);
        assertThat(moved("register", path, url + "/before")).isEqualTo(200);
        keyed.mariaDb()
                .sql()
                .execute("UPDATE consumer SET " + column + " = '" + route + "' WHERE public_id = '" + column + "'");
        keyed.mariaDb().sql().execute("UPDATE registry_version SET version = version + 1");
        await().until(() -> keyed.as("read").get(path).body().contains(route));

        for (String other :
                List.of("http://10.1.0.5/hook", "https://10.1.9.9/", "https://10.1.0.5:9200/", "https:none")) {
            assertThat(moved("register", path, "callbackUrl=" + other))
                    .as(other)
                    .isEqualTo(403);
        }
        assertThat(moved("register", path, "callbackUrl=HTTPS://10.1.0.5:443/new"))
                .isEqualTo(200);
        assertThat(moved("admin", path, "callbackUrl=https://10.1.9.9/")).isEqualTo(200);
        assertThat(moved("register", path, url)).isEqualTo(403);
    }

    private static int moved(String role, String path, String form) {
        String since = "If-Unmodified-Since: " + keyed.as("read").get(path).header("Last-Modified");
        return keyed.as(role).form("PATCH " + path, form, since).status();
    }

    /** Sees what its messages became, and not the whole address of who gets them. */
    @Test
    void aProducerSeesTheHostOfAListenerAlone() {
        String message = "/channel/mine/message/" + KeyedBroker.message("mine");
        assertThat(keyed.as("broadcast").get(message).body())
                .contains("\"ListenerEndpoint\":\"http://****@127.0.0.1:")
                .doesNotContain("consumer/push");
        assertThat(keyed.as("read").get(message).body()).contains("/channel/mine/consumer/push\"");
    }

    /** The body of sixteen megabytes that a wrong key announces is not waited for. */
    @Test
    void aRefusalDoesNotWaitForTheBody() {
        for (String path : List.of(BROADCAST, "PUT /channel/mine", "POST /channel/mine/consumer/pull/jobs/lease")) {
            Answer answer = keyed.stranger()
                    .raw(path + " HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer wrong\r\n"
                            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 30000\r\n\r\n");
            assertThat(answer.status()).as(path).isIn(401, 429);
            assertThat(answer.header("Connection")).isEqualTo("close");
        }
    }

    @Test
    void aRevokedKeyEndsItsWaiting() throws Exception {
        TestKeys keys = new TestKeys(keyed.mariaDb());
        String key = keys.add("consume", "mine*");
        RawClient consume = keyed.stranger().adding(TestKeys.header(key));
        keyed.as("register").put("/channel/mine-idle", "");
        keyed.as("register").put("/channel/mine-idle/consumer/k", "type=pull&callbackUrl=http://host/");
        String lease = "POST /channel/mine-idle/consumer/k/jobs/lease";
        await().until(() -> consume.send(lease, "").status() == 200);
        CompletableFuture<Answer> waiting =
                CompletableFuture.supplyAsync(() -> consume.send(lease, "{\"WaitSeconds\":20}"));
        keys.revoke(key);
        await().until(() -> consume.send(lease, "").status() != 200);
        keyed.as("broadcast").send("POST /channel/mine-idle/broadcast", "hi", PRODUCER);
        Answer answer = waiting.get();
        assertThat(answer.status()).as(answer.toString()).isEqualTo(401);
    }
}
