package org.webhookbroker.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.auth.ChannelScope;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.RemovedConsumerJobs;
import org.webhookbroker.message.ChannelUse;
import org.webhookbroker.secrets.SecretUnreadableException;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.TestPool;
import org.webhookbroker.testing.TestSecretKeys;

/** What the tables hold of secrets, and what a node makes of it. */
class SecretsAtRestTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String URL = "http://user:geheim@host/path?key=value";
    private static final SigningSecret SIGNING = SigningSecret.make(SignatureVersion.V1);

    /** One node, by its keys. */
    private static final class Node implements AutoCloseable {
        final TestPool pool = TestPool.open(mariaDb.pooledBy(4));
        final Database database = pool.database();
        final Registry registry = new Registry(database);
        final RegistryStores stores;

        Node(String keys) {
            TestSecretKeys.of(keys).installOn(database);
            RegistryWriter writer = new RegistryWriter(
                    database,
                    registry,
                    new XidGenerator(InstantSource.system()),
                    InstantSource.system(),
                    new RegistryLimit(10_000),
                    new AuditTrail(database));
            stores = new RegistryStores(database, writer, new RemovedConsumerJobs(), new ChannelUse());
        }

        void register() {
            stores.producers().put(new EntryValues("p", "p", "producer-token"), UpdateCondition.none(), Auditing.PUT);
            stores.channels().put(new EntryValues("c", "c", "channel-token"), UpdateCondition.none(), Auditing.PUT);
            put("k", "consumer-token");
        }

        void put(String consumer, String token) {
            Channel channel = stores.channels().find("c").orElseThrow();
            stores.consumers()
                    .put(
                            new ConsumerValues(
                                            channel,
                                            new EntryValues(consumer, consumer, token),
                                            URL,
                                            ConsumerType.PUSH,
                                            Retries.AS_CONFIGURED)
                                    .signedBy(Signing.with(SIGNING, true)),
                            UpdateCondition.none(),
                            Auditing.PUT);
        }

        Consumer consumer(String id) {
            Channel channel = registry.refresh().channel("c").orElseThrow();
            return registry.current().consumer(channel.id(), id).orElseThrow();
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    private final Node node = new Node(TestSecretKeys.FIRST);

    @AfterEach
    void close() {
        node.close();
    }

    private static String dump() {
        return mariaDb.jdbi()
                .withHandle(
                        handle -> handle.createQuery("""
                        SELECT GROUP_CONCAT(text) FROM (
                          SELECT token AS text FROM producer UNION ALL SELECT token FROM channel
                          UNION ALL SELECT CONCAT_WS(' ', token, callback_url, signing_secrets) FROM consumer) texts
                        """).mapTo(String.class).one());
    }

    private static void assertAllReadable(Node by) {
        assertThat(by.stores.producers().find("p").orElseThrow().token()).isEqualTo("producer-token");
        assertThat(by.stores
                        .channels()
                        .page(PageRequest.FIRST, ChannelScope.ALL)
                        .get(0)
                        .token())
                .isEqualTo("channel-token");
        Consumer consumer = by.consumer("k");
        assertThat(consumer.token()).isEqualTo("consumer-token");
        assertThat(consumer.callbackUrl()).isEqualTo(URL);
        assertThat(consumer.signing().secret()).contains(SIGNING);
        assertThat(by.registry.current().unreadable()).isZero();
    }

    @Test
    void theTablesHoldNoSecret() {
        node.register();
        assertThat(dump())
                .contains("\u0001enc:" + TestSecretKeys.ID_OF_FIRST)
                .doesNotContain("token", "geheim", "value", "whsec");
        assertAllReadable(node);
        try (Node other = new Node("clear," + TestSecretKeys.FIRST)) {
            assertAllReadable(other);
            other.put("k", "consumer-token-2");
        }
        assertThat(dump()).contains("consumer-token-2", URL, SIGNING.text());
        assertThat(node.consumer("k").token()).isEqualTo("consumer-token-2");
        node.put("k", "consumer-token-3");
        assertThat(dump()).doesNotContain("consumer", "geheim", "value", "whsec");
    }

    /** Switching it on for a database that is in use. */
    @Test
    void whatIsClearIsReadUntilItIsWrittenAnew() {
        new Registrar(mariaDb.database()).channel("old");
        mariaDb.sql().execute("UPDATE channel SET token = 'enc:72cd6e84:AAAA'");
        assertThat(node.registry.refresh().channel("old").orElseThrow().token()).isEqualTo("enc:72cd6e84:AAAA");
        node.stores
                .channels()
                .put(new EntryValues("old", "other", "enc:72cd6e84:AAAA"), UpdateCondition.none(), Auditing.PUT);
        assertThat(dump()).startsWith("\u0001enc:72cd6e84:");
        assertThat(node.registry.refresh().channel("old").orElseThrow().token()).isEqualTo("enc:72cd6e84:AAAA");
    }

    /** The longest texts that a client may send. */
    @Test
    void theLongestValuesAreStored() {
        node.stores.channels().put(new EntryValues("c", "c", "😀".repeat(255)), UpdateCondition.none(), Auditing.PUT);
        Channel channel = node.stores.channels().find("c").orElseThrow();
        String url = "http://" + "😀".repeat(4089);
        EntryValues values = new EntryValues("k", "k", "😀".repeat(255));
        node.stores
                .consumers()
                .put(
                        new ConsumerValues(channel, values, url, ConsumerType.PUSH, Retries.AS_CONFIGURED),
                        UpdateCondition.none(),
                        Auditing.PUT);
        assertThat(node.consumer("k").callbackUrl()).isEqualTo(url);
        assertThat(node.consumer("k").token()).isEqualTo("😀".repeat(255));
    }

    @Test
    void aNodeDoesNotBeginWithWhatItCannotRead() {
        node.register();
        for (String keys : List.of("", TestSecretKeys.SECOND, "clear," + TestSecretKeys.SECOND)) {
            try (Node other = new Node(keys)) {
                assertThatThrownBy(other.registry::refresh)
                        .isInstanceOf(SecretUnreadableException.class)
                        .hasMessageContaining(
                                "encrypted with key " + TestSecretKeys.ID_OF_FIRST + ", which secrets.key");
            }
        }
    }

    /** The same text, where another row or column has its own. */
    @Test
    void aValueThatWasMovedIsRefused() {
        node.register();
        node.put("k2", "token-of-k2");
        for (String move : List.of(
                "UPDATE consumer SET token = (SELECT token FROM (SELECT * FROM consumer) c WHERE public_id = 'k2') WHERE public_id = 'k'",
                "UPDATE channel SET token = (SELECT token FROM producer)",
                "UPDATE consumer SET token = callback_url WHERE public_id = 'k'",
                "UPDATE consumer SET signing_secrets = token WHERE public_id = 'k2'")) {
            mariaDb.jdbi().useHandle(handle -> handle.execute(move));
            try (Node other = new Node(TestSecretKeys.FIRST)) {
                assertThatThrownBy(other.registry::refresh)
                        .as(move)
                        .isInstanceOf(SecretUnreadableException.class)
                        .hasMessageContaining("does not fit key 72cd6e84 and its place");
            }
        }
    }

    /** Another node writes by a key that this one does not have: what is not concerned goes on. */
    @Test
    void aNodeThatRunsGoesOnWithoutWhatItCannotRead() {
        node.register();
        node.registry.refresh();
        try (Node other = new Node(TestSecretKeys.SECOND + "," + TestSecretKeys.FIRST)) {
            other.put("k", "consumer-token-2");
            other.put("k2", "token");
            other.stores.producers().put(new EntryValues("p2", "p2", "token"), UpdateCondition.none(), Auditing.PUT);
        }
        assertThat(node.consumer("k").isReadable()).isFalse();
        assertThat(node.consumer("k").callbackUrl()).isEmpty();
        assertThat(node.consumer("k2").type()).isEqualTo(ConsumerType.PUSH);
        assertThat(node.registry
                        .current()
                        .consumersOf(node.consumer("k").channel().id()))
                .hasSize(2);
        assertThat(node.registry.current().unreadable()).isEqualTo(3);
        RegistryLookup lookup = new RegistryLookup(node.registry);
        assertThatThrownBy(() -> lookup.tokenMatches(node.consumer("k"), "\u0001enc:"))
                .isInstanceOf(SecretUnreadableException.class);
        assertThat(lookup.tokenMatches(node.registry.current().producer("p").orElseThrow(), "producer-token"))
                .isTrue();
        // Neither does it change what it cannot read, nor is a full load worse than what came one by one.
        assertThatThrownBy(() -> node.put("k", "x")).isInstanceOf(SecretUnreadableException.class);
        mariaDb.sql().execute("UPDATE registry_version SET version = version + 1000");
        assertThat(node.registry.refresh().unreadable()).isEqualTo(3);
        assertThat(node.registry.current().consumers()).hasSize(2);
    }

    /** Otherwise only who has the database could, after a key was lost. Nothing of this asks for a secret. */
    @Test
    void whatCannotBeReadIsListedAndRemoved() {
        node.register();
        try (Node other = new Node("")) {
            Channel channel = other.stores
                    .channels()
                    .page(PageRequest.FIRST, ChannelScope.ALL)
                    .get(0);
            assertThat(other.stores.consumers().page(channel, PageRequest.FIRST))
                    .hasSize(1);
            assertThat(other.stores.producers().page(PageRequest.FIRST, ChannelScope.ALL))
                    .hasSize(1);
            assertThatThrownBy(() -> other.stores.consumers().find(channel, "k"))
                    .isInstanceOf(SecretUnreadableException.class);
        }
        node.registry.refresh();
        mariaDb.sql().execute("UPDATE consumer SET token = CONCAT(token, 'A')");
        mariaDb.sql().execute("UPDATE channel SET token = CONCAT(token, 'A')");
        mariaDb.sql().execute("UPDATE producer SET token = CONCAT(token, 'A')");
        Channel channel =
                node.stores.channels().page(PageRequest.FIRST, ChannelScope.ALL).get(0);
        String select = "SELECT DATE_FORMAT(changed_at, '%a, %d %b %Y %H:%i:%s GMT', 'en_US') FROM channel";
        assertThat(mariaDb.jdbi()
                        .<String, RuntimeException>withHandle(handle ->
                                handle.createQuery(select).mapTo(String.class).one()))
                .as("as docs/security.md says")
                .isEqualTo(LastModified.of(channel.changedAt()));
        List<Removal> removals = List.of(
                node.stores.consumers().remove(channel, "k", UpdateCondition.none(), true, () -> true, Auditing.TEST),
                node.stores.channels().remove("c", UpdateCondition.none(), Auditing.TEST),
                node.stores.producers().remove("p", UpdateCondition.none(), Auditing.TEST));
        assertThat(removals).extracting(Removal::outcome).containsOnly(Removal.Outcome.REMOVED);
        assertThat(dump()).isNull();
        assertThat(node.registry.refresh().unreadable()).isZero();
    }
}
