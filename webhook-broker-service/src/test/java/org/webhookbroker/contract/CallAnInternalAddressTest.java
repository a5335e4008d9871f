package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.TestKeys;
import org.webhookbroker.testing.Uncalled;

/**
 * With keys and {@code outbound.policy: public}, an attacker with only the network, a producer's key, a key that registers, or a
 * consumer's endpoint cannot have an internal address called. All that is here is at loopback addresses, which are internal.
 */
@Tag("G12")
@Tag("slow")
class CallAnInternalAddressTest {
    private static final String CHANNEL = "/channel/mine";
    private static final String CONSUMER = CHANNEL + "/consumer/";

    /** 127.0.0.2 in all forms that somebody might read as it. */
    private static final List<String> FORMS = List.of(
            "127.0.0.2",
            "127.0.0.2.",
            "127.2",
            "127.0.2",
            "2130706434",
            "0x7f000002",
            "0x7f.0.0.2",
            "0177.0.0.2",
            "017700000002",
            "\uff11\uff12\uff17.0.0.2",
            "127\u30020\u30020\u30022",
            "\u2460\u2461\u2466.0.0.2",
            "[::ffff:127.0.0.2]",
            "[::ffff:7f00:2]",
            "[0:0:0:0:0:ffff:7f00:2]",
            "[::127.0.0.2]",
            "[::ffff:0:127.0.0.2]",
            "[64:ff9b::127.0.0.2]",
            "[64:ff9b:1::127.0.0.2]",
            "[2002:7f00:2::1]",
            "[2001:0:7f00:2::1]",
            "[2001:0:808:808::80ff:fffd]",
            "[2a00:1450::5efe:127.0.0.2]",
            "[fe80::1%25lo]",
            "[::1%25lo]",
            "user@127.0.0.2",
            "user:password@127.0.0.2",
            "example.com@127.0.0.2",
            "example.com%00@127.0.0.2",
            "127.0.0.1%2f@127.0.0.2");

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final ConsumerServer consumers = ConsumerServer.start();
    private final Uncalled inside = new Uncalled();
    private LocalBroker broker;
    private RawClient admin;
    private RawClient registrar;
    private RawClient producer;

    @BeforeEach
    void start() {
        TestKeys keys = new TestKeys(mariaDb);
        String ofAdmin = keys.add("admin");
        String ofRegistrar = keys.add("register", "mine*");
        String ofProducer = keys.add("broadcast", "mine*");
        broker = LocalBroker.start(mariaDb, "auth.mode=keys", "outbound.policy=public", "retry.maxRetries=0");
        admin = broker.client().adding(TestKeys.header(ofAdmin));
        registrar = broker.client().adding(TestKeys.header(ofRegistrar));
        producer = broker.client().adding(TestKeys.header(ofProducer));
        assertThat(admin.put("/producer/mine", "token=pt").status()).isEqualTo(200);
        assertThat(admin.put(CHANNEL, "token=ct").status()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        broker.close();
        assertThat(inside.wasCalled()).isFalse();
        inside.close();
        consumers.close();
    }

    @Test
    void whoeverRegistersInWhateverForm() {
        List<String> accepted = new ArrayList<>();
        for (int i = 0; i < FORMS.size(); i++) {
            Answer answer =
                    registrar.put(CONSUMER + "k" + i, form("http://" + FORMS.get(i) + ":" + inside.port() + "/"));
            if (answer.status() == 200) {
                accepted.add("k" + i);
            } else {
                assertThat(answer.status()).as(FORMS.get(i)).isEqualTo(400);
                assertThat(answer.body()).contains("`callbackUrl`");
            }
        }
        assertThat(accepted).as("what only a look-up tells").hasSizeLessThan(FORMS.size() / 3);
        for (String url : List.of(
                "http://127.0.0.1:" + broker.port() + "/",
                "http://localhost:" + broker.adminPort() + "/tasks/gc",
                "http://0.0.0.0:" + broker.adminPort() + "/tasks/gc",
                "http://169.254.169.254/latest/",
                "http://10.0.0.1/",
                "http://[fd00::1]/")) {
            assertThat(registrar.put(CONSUMER + "own", form(url)).status())
                    .as(url)
                    .isEqualTo(400);
        }

        broadcast("m1");

        await().until(() -> tried() == accepted.size());
        assertThat(mariaDb.sql().count("delivered_job")).isZero();
    }

    /** As it was registered before the policy. */
    @Test
    void aConsumerThatWasThereBefore() {
        register("old", "http://127.0.0.2:" + inside.port() + "/", "127.0.0.2");
        assertThat(change(admin, "old", "allowedNetworks=").status()).isEqualTo(200);

        broadcast("m1");

        await().until(() -> mariaDb.sql().count("dead_job", "reason = 'blocked-address'") == 1);
        assertThat(mariaDb.sql()
                        .count("dead_job", "detail LIKE 'outbound.policy public (Loopback, RFC 1122)%127.0.0.2%'"))
                .isEqualTo(1);
        assertThat(change(registrar, "old", "name=other").status())
                .as("what is kept is not judged")
                .isEqualTo(200);
        assertThat(change(registrar, "old", form("http://127.0.0.2/")).status()).isEqualTo(400);
    }

    /** The name leads inside alone; which address it has is not for whoever registers. */
    @Test
    void whoeverRegistersLearnsNoAddressOfAName() {
        Answer answer = registrar.put(CONSUMER + "k", form("http://localhost:" + inside.port() + "/"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .isEqualTo(
                        "Bad Request: `callbackUrl`: its host has no address that outbound.policy public lets the broker call;"
                                + " use a public address, or have an administrator add its network to `allowedNetworks` of the consumer,"
                                + " or to outbound.allowedNetworks")
                .doesNotContain("127.");
        assertThat(registrar
                        .put(CONSUMER + "k", form("http://unknown.invalid/"))
                        .status())
                .isEqualTo(200);
        assertThat(registrar
                        .put(CONSUMER + "pull", "type=pull&" + form("http://localhost/"))
                        .status())
                .as("is never called")
                .isEqualTo(200);
    }

    @Test
    void onlyAnAdministratorMakesExceptions() {
        String excepted = form("http://127.0.0.2:" + inside.port() + "/") + "&allowedNetworks=127.0.0.0/8";
        for (RawClient other : List.of(registrar, producer, broker.client())) {
            assertThat(other.put(CONSUMER + "k", excepted).status()).isIn(401, 403);
            assertThat(other.put(CONSUMER + "k", excepted.replace("127.0.0.0/8", ""))
                            .status())
                    .isIn(400, 401, 403);
        }
        register("mine", consumers.url("/hook"), "127.0.0.1");
        assertThat(change(registrar, "mine", "allowedNetworks=127.0.0.0/8").status())
                .isEqualTo(403);
        assertThat(change(registrar, "mine", "allowedNetworks=").status()).isEqualTo(403);
        assertThat(change(registrar, "mine", "allowedNetworks=127.0.0.1").status())
                .as("as it is")
                .isEqualTo(200);
        assertThat(registrar.get(CONSUMER + "mine").field("AllowedNetworks")).isEqualTo("127.0.0.1");
        assertThat(change(registrar, "mine", form("http://127.0.0.1:" + inside.port() + "/"))
                        .status())
                .as("the exception is for another place")
                .isEqualTo(403);

        Answer wrong = change(admin, "mine", "allowedNetworks=127.0.0.1/8");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body()).startsWith("Bad Request: `allowedNetworks` has \"127.0.0.1/8\", an address with");
        Answer text = change(admin, "mine", "allowedNetworks=10.0.0.0/8,db.internal");
        assertThat(text.body()).startsWith("Bad Request: `allowedNetworks` has \"db.internal\", which is no network;");

        broadcast("m1");
        await().until(() -> consumers.requests("/hook").size() == 1);
    }

    /** Its exception is no other's, though they are at one host and the connection is still open. */
    @Test
    void anExceptionIsForItsConsumerAlone() {
        String url = consumers.url("/hook");
        register("excepted", url, "127.0.0.1");
        register("bare", url, "127.0.0.1");
        assertThat(change(admin, "bare", "allowedNetworks=").status()).isEqualTo(200);

        for (int i = 1; i <= 3; i++) {
            int sent = i;
            broadcast("m" + i);
            await().until(() -> mariaDb.sql().count("delivered_job") == sent
                    && mariaDb.sql().count("dead_job") == sent);
        }

        assertThat(consumers.requests("/hook"))
                .allSatisfy(request ->
                        assertThat(request.header("X-Broker-Consumer-ID")).isEqualTo("excepted"));
    }

    /** An exception allows neither what the broker listens on, nor its database. */
    @Test
    void noExceptionIsForTheBrokerItself() {
        register("task", "http://127.0.0.1:" + broker.adminPort() + "/tasks/gc", "0.0.0.0/0,::/0");
        register("api", "http://localhost:" + broker.port() + CHANNEL + "/broadcast", "0.0.0.0/0,::/0");
        String database = mariaDb.jdbcUrl().replaceFirst(".*//([^/]*)/.*", "$1");
        register("database", "http://" + database + "/", "0.0.0.0/0,::/0");

        broadcast("m1");

        await().until(() -> mariaDb.sql().count("dead_job", "reason = 'blocked-address'") == 3);
    }

    @Test
    void aConsumerThatPointsElsewhere() {
        String elsewhere = "http://127.0.0.2:" + inside.port() + "/";
        List<Integer> redirects = List.of(301, 302, 303, 305, 307, 308);
        for (int status : redirects) {
            consumers.on("/" + status, Behavior.redirect(status, elsewhere));
            register("r" + status, consumers.url("/" + status), "127.0.0.1");
        }
        consumers.on(
                "/kind",
                Behavior.reply(
                        200, "", "Alt-Svc: h2=\"127.0.0.2:" + inside.port() + "\"", "Refresh: 0; url=" + elsewhere));
        register("kind", consumers.url("/kind"), "127.0.0.1");

        broadcast("m1");
        broadcast("m2");

        await().until(() -> mariaDb.sql().count("dead_job", "reason LIKE 'redirect-%'") == 2L * redirects.size());
        await().until(() -> mariaDb.sql().count("delivered_job") == 2);
    }

    /** What a producer sends has no say in where it goes. */
    @Test
    void aProducerThatSendsAddresses() {
        register("k", consumers.url("/hook"), "127.0.0.1");
        String host = "127.0.0.2:" + inside.port();
        Answer answer = producer.send(
                "POST " + CHANNEL + "/broadcast",
                "http://" + host + "/",
                "X-Broker-Producer-ID: mine",
                "X-Broker-Producer-Token: pt",
                "X-Broker-Channel-Token: ct",
                "X-Broker-Message-ID: m1",
                "X-Forwarded-Host: " + host,
                "X-Original-URL: http://" + host + "/",
                "Location: http://" + host + "/",
                "Forwarded: host=\"" + host + "\"",
                "Alt-Used: " + host);
        assertThat(answer.status()).isEqualTo(201);
        await().until(() -> consumers.requests("/hook").size() == 1);
        assertThat(consumers.requests("/hook").get(0).header("Host")).isEqualTo("127.0.0.1:" + consumers.port());
    }

    /** Without keys nobody is known to be an administrator: everybody could make the exception. */
    @Test
    void withoutKeysThereAreNoExceptions(@TempDir Path folder) throws Exception {
        register("kept", consumers.url("/hook"), "127.0.0.1");
        String modified = "If-Unmodified-Since: " + admin.get(CONSUMER + "kept").header("Last-Modified");
        broker.close();
        String seeds =
                Files.readString(Path.of("..", "config.yml")).replaceFirst("(?m)^seed:\n(?:[ #].*\n|\n)*", "") + """

                seed:
                  channels: [{id: "seeded", token: "t"}]
                  consumers:
                    - {id: "inside", channel: "seeded", token: "t", callbackUrl: "http://127.0.0.2/"}
                    - {id: "pulls", channel: "seeded", token: "t", type: "pull", callbackUrl: "http://127.0.0.2/"}
                    - {id: "name", channel: "seeded", token: "t", callbackUrl: "http://unknown.invalid/"}
                """;
        broker = LocalBroker.on(mariaDb)
                .configuredBy(Files.writeString(folder.resolve("config.yml"), seeds))
                .start("outbound.policy=public");
        RawClient anybody = broker.client();
        Answer answer = anybody.put(CONSUMER + "k", form("http://127.0.0.2/") + "&allowedNetworks=127.0.0.2");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body())
                .isEqualTo("Forbidden: `allowedNetworks` needs a key with the role admin, and so auth.mode keys;"
                        + " leave it out to keep it as it is. outbound.allowedNetworks holds for all consumers");
        assertThat(anybody.put(CONSUMER + "k", form("http://127.0.0.2/")).status())
                .isEqualTo(400);
        String there = "http://127.0.0.1:" + inside.port() + "/";
        assertThat(anybody.form("PATCH " + CONSUMER + "kept", form(there), modified)
                        .status())
                .as("an exception that was made when there were keys")
                .isEqualTo(403);
        await().until(() -> mariaDb.sql().count("consumer", "public_id = 'name'") == 1);
        assertThat(mariaDb.sql().count("consumer", "public_id = 'pulls'")).isEqualTo(1);
        assertThat(mariaDb.sql().count("consumer", "public_id = 'inside'")).isZero();
    }

    private void register(String id, String url, String allowed) {
        Answer answer = admin.put(CONSUMER + id, form(url) + "&allowedNetworks=" + allowed);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private Answer change(RawClient client, String id, String form) {
        String modified = admin.get(CONSUMER + id).header("Last-Modified");
        return client.form("PATCH " + CONSUMER + id, form, "If-Unmodified-Since: " + modified);
    }

    private void broadcast(String message) {
        Answer answer = producer.send(
                "POST " + CHANNEL + "/broadcast",
                "hello",
                "X-Broker-Producer-ID: mine",
                "X-Broker-Message-ID: " + message);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }

    /** Dead, or live after an attempt that found no address. */
    private long tried() {
        return mariaDb.sql().count("dead_job") + mariaDb.sql().count("job", "reason <> ''");
    }

    private static String form(String url) {
        return "token=kt&callbackUrl=" + URLEncoder.encode(url, StandardCharsets.UTF_8);
    }
}
