package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Sql;
import org.webhookbroker.testing.TestSecretKeys;

/** The task after a change of keys, on a broker that goes on meanwhile. */
@Tag("slow")
class ReencryptTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String K = "/channel/c/consumer/k";
    private static final String STORED = """
            (SELECT GROUP_CONCAT(text) FROM (
              SELECT token AS text FROM producer UNION ALL SELECT token FROM channel
              UNION ALL SELECT CONCAT_WS(' ', token, callback_url, signing_secrets) FROM consumer) texts)""";

    private final Sql sql = mariaDb.sql();
    private final ConsumerServer consumers = ConsumerServer.start();

    @AfterEach
    void close() {
        consumers.close();
    }

    private static LocalBroker start(String keys) {
        return LocalBroker.start(mariaDb, "secrets.key=" + keys);
    }

    private static String reencrypt(LocalBroker broker) {
        return broker.admin().post("/tasks/reencrypt");
    }

    private String stored() {
        return sql.textOf("SELECT " + STORED);
    }

    /** Off, on, to another key, and off again: each time the same to clients. */
    @Test
    void theWayOnAndBack() throws Exception {
        String seen;
        try (LocalBroker broker = start("")) {
            broker.api().register("c", "k", consumers.url("/k").replace("://", "://user:geheim@"));
            broker.client()
                    .form(
                            "PATCH " + K,
                            "signing=v1",
                            "If-Unmodified-Since: " + broker.client().get(K).header("Last-Modified"));
            assertThat(reencrypt(broker))
                    .isEqualTo(
                            "Done: 3 entries looked at, 0 written anew, 0 left as they were; values are now written in clear\n");
            seen = seen(broker);
        }
        assertThat(stored()).contains("kt", "geheim", "whsec_");
        long version = sql.longOf("SELECT version FROM registry_version");
        for (String keys : new String[] {
            TestSecretKeys.FIRST, TestSecretKeys.SECOND + "," + TestSecretKeys.FIRST, TestSecretKeys.SECOND
        }) {
            try (LocalBroker broker = start(keys)) {
                assertThat(seen(broker)).isEqualTo(seen);
                int expected = keys.equals(TestSecretKeys.SECOND) ? 0 : 3;
                assertThat(reencrypt(broker))
                        .startsWith("Done: 3 entries looked at, " + expected + " written anew, 0 left");
                assertThat(reencrypt(broker)).startsWith("Done: 3 entries looked at, 0 written anew, 0 left");
                assertThat(stored()).doesNotContain("geheim", "whsec_");
                assertThat(sql.count("consumer", "token NOT LIKE '_enc:%'")).isZero();
                assertThat(seen(broker)).isEqualTo(seen);
                assertThat(broker.api()
                                .broadcast("c", "m" + keys.length() + expected, "x")
                                .get(1, TimeUnit.MINUTES))
                        .isEqualTo(201);
            }
        }
        try (LocalBroker broker = start("clear," + TestSecretKeys.SECOND)) {
            assertThat(reencrypt(broker)).startsWith("Done: 3 entries looked at, 3 written anew, 0 left");
        }
        assertThat(stored()).contains("kt", "geheim", "whsec_").doesNotContain("enc:");
        try (LocalBroker broker = start("")) {
            assertThat(seen(broker)).isEqualTo(seen);
        }
        assertThat(sql.longOf("SELECT version FROM registry_version")).isEqualTo(version);
        await().until(() -> consumers.requests("/k"), all -> all.size() == 3);
        assertThat(consumers.requests("/k").get(2).header("X-Broker-Consumer-Token"))
                .isEqualTo("kt");
    }

    /** With {@code Last-Modified}, so that a client with an optimistic lock sees no change. */
    private static String seen(LocalBroker broker) {
        StringBuilder all = new StringBuilder();
        for (String path : new String[] {"/producer/p", "/channel/c", K}) {
            Answer answer = broker.client().get(path);
            assertThat(answer.status()).isEqualTo(200);
            all.append(answer.header("Last-Modified")).append(answer.body());
        }
        return all.toString();
    }

    @Test
    void whatCannotBeWrittenAnewIsNamed() throws Exception {
        try (LocalBroker broker = start("")) {
            broker.api().register("c", "k", consumers.url("/k"));
            broker.api().channel("c2");
        }
        try (LocalBroker broker = start(TestSecretKeys.FIRST);
                Connection other = mariaDb.connect();
                Statement statement = other.createStatement()) {
            sql.execute("UPDATE producer SET token = CONCAT(CHAR(1), 'enc:75877bb4:AAAA')");
            other.setAutoCommit(false);
            statement.execute("SELECT * FROM channel WHERE public_id = 'c' FOR UPDATE");
            assertThat(reencrypt(broker))
                    .contains("producer p is encrypted with key 75877bb4, which secrets.key does not have")
                    .contains("channel c is locked by somebody")
                    .contains("NOT DONE: 4 entries looked at, 2 written anew, 2 left as they were");
            other.rollback();
            assertThat(reencrypt(broker)).contains("NOT DONE: 4 entries looked at, 1 written anew, 1 left");
        }
    }

    /** It has read the row, and waits for it, while somebody changes it. */
    @Test
    void aChangeThatComesBetweenWins() throws Exception {
        new Registrar(mariaDb.database()).producer("p");
        try (LocalBroker broker = start(TestSecretKeys.FIRST);
                Connection other = mariaDb.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE producer SET token = 'new'");
            CompletableFuture<String> task = CompletableFuture.supplyAsync(() -> reencrypt(broker));
            sql.awaitLockWait("UPDATE producer");
            other.commit();
            assertThat(task.get()).startsWith("Done: 1 entries looked at, 1 written anew, 0 left");
            sql.execute("UPDATE registry_version SET version = version + 1000");
            assertThat(broker.client().get("/producer/p").field("Token")).isEqualTo("new");
            assertThat(stored()).startsWith("\u0001enc:");
        }
    }

    /** Changed by a node whose key this one does not have. */
    @Test
    void whatCannotBeReadIsAnswered503AndNothingElse() {
        try (LocalBroker broker = start(TestSecretKeys.FIRST)) {
            broker.api().register("c", "k", consumers.url("/k"));
            broker.client().put("/producer/p2", "token=pt");
            sql.execute("UPDATE producer SET token = CONCAT(CHAR(1), 'enc:75877bb4:AAAA') WHERE public_id = 'p2'");
            sql.execute("UPDATE registry_version SET version = version + 1000");
            // What it knows may be as old as its look at the version.
            await().until(() -> broadcast(broker, "p2").status() == 503);
            assertRefused(broadcast(broker, "p2"));
            assertRefused(broker.client().get("/producer/p2"));
            assertRefused(broker.client().put("/producer/p2", "token=x", "If-Unmodified-Since: x"));
            assertThat(broadcast(broker, "p").status()).isEqualTo(201);
            assertThat(broker.client().get("/producers").status()).isEqualTo(200);
            assertThat(new RawClient(broker.adminPort()).get("/healthcheck").body())
                    .contains("1 entries of the registry cannot be read by this node");
        }
    }

    private static Answer broadcast(LocalBroker broker, String producer) {
        return broker.client()
                .send(
                        "POST /channel/c/broadcast",
                        "x",
                        "X-Broker-Channel-Token: ct",
                        "X-Broker-Producer-ID: " + producer,
                        "X-Broker-Producer-Token: pt");
    }

    private static void assertRefused(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.body()).startsWith("This node cannot read a secret").doesNotContain("75877bb4");
    }

    /** Changes and the task at once: each change that was acknowledged stands, and in the end all is encrypted. */
    @Test
    void aChangeWins() throws Exception {
        Registrar registrar = new Registrar(mariaDb.database());
        for (int i = 0; i < 300; i++) {
            registrar.producer("p" + i);
        }
        try (LocalBroker broker = start(TestSecretKeys.FIRST);
                LocalBroker other = start("clear," + TestSecretKeys.FIRST)) {
            CompletableFuture<Void> changes = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 300; i++) {
                    String path = "/producer/p" + i;
                    String before = other.client().get(path).header("Last-Modified");
                    Answer put = other.client().put(path, "token=new" + i, "If-Unmodified-Since: " + before);
                    assertThat(put.status()).as(put.body()).isEqualTo(200);
                }
            });
            while (!changes.isDone()) {
                assertThat(reencrypt(broker)).contains("one: 300 entries looked at");
            }
            changes.get();
            assertThat(reencrypt(broker)).startsWith("Done: ");
            assertThat(sql.count("producer", "token NOT LIKE '_enc:%'")).isZero();
            for (int i = 0; i < 300; i++) {
                assertThat(other.client().get("/producer/p" + i).field("Token")).isEqualTo("new" + i);
            }
        }
    }
}
