package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.TestPools;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.Account;
import org.webhookbroker.testing.Books;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Outage;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.TestPool;

/** While the database is well, and refuses what the broker records: dropped, each job would be delivered without end. */
@Tag("G2")
@Tag("G9")
class RefusedOutcomeTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final ConsumerServer consumer = ConsumerServer.start();
    private Registrar registrar;
    private Xid channel;

    @BeforeEach
    void register() {
        registrar = new Registrar(mariaDb.database());
        registrar.producer("p");
        channel = registrar.channel("c");
        registrar.push(channel, "k", consumer.url("/k"));
    }

    @AfterEach
    void close() {
        consumer.close();
    }

    @Test
    void byATrigger() throws Exception {
        assertOutcomesWait(mariaDb.database(), refusing("TRUE"));
    }

    @Test
    void forWantOfARight() throws Exception {
        try (Account account = new Account(mariaDb, "settler")) {
            TestPool pool = TestPool.open(TestPools.of(mariaDb.jdbcUrl(), account.name(), Account.PASSWORD, 8));
            assertOutcomesWait(pool.database(), account.revokeInsert("delivered_job"));
            pool.close();
        }
    }

    /** What is wrong with the jobs of one consumer is no concern of the others (G6). */
    @Test
    @Tag("G6")
    void thoseOfOneConsumerHoldUpNoOthers() throws Exception {
        Xid refused = registrar.push(channel, "refused", consumer.url("/refused"));
        try (Node node = Node.start(mariaDb.database())) {
            Outage outage = refusing("NEW.consumer_id = x'" + hex(refused) + "'");
            node.sendMany("c", "m", 20);
            await().until(() -> node.settled("delivered") == 20
                    && consumer.requests("/refused").size() == 20);
            await().until(() -> settleLoop(node).failure() != null);
            node.sendMany("c", "n", 20);
            await().until(() -> node.settled("delivered") == 40);
            assertThat(settleLoop(node).failure()).hasStackTraceContaining("not this one");
            outage.close();
            await().until(() -> node.settled("delivered") == 80);
            await().until(() -> settleLoop(node).failure() == null);
            assertThat(consumer.requests("/refused")).hasSize(40);
        }
        Books.assertBalanced(mariaDb.database());
    }

    private void assertOutcomesWait(Database database, Outage refusal) throws Exception {
        try (Node node = Node.start(database)) {
            List<String> sent = node.sendMany("c", "m", 20);
            await().until(() -> consumer.requests("/k").size() >= sent.size());
            await().until(() -> settleLoop(node).failure() != null);
            // It looks for jobs that nobody works on, and must not find those whose outcome waits.
            passes(loop(node, "lost-and-found"), 3);
            assertThat(node.settled("delivered")).isZero();
            refusal.close();
            await().until(() -> node.settled("delivered") == sent.size());
            await().until(() -> settleLoop(node).failure() == null);
            assertThat(consumer.requests("/k")).hasSameSizeAs(sent);
            assertThat(node.settled("stale")).isZero();
        }
        Books.assertBalanced(mariaDb.database());
    }

    private static Outage refusing(String condition) {
        mariaDb.sql().execute("""
                CREATE TRIGGER refuse BEFORE INSERT ON delivered_job FOR EACH ROW
                IF %s THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF
                """.formatted(condition));
        return () -> mariaDb.sql().execute("DROP TRIGGER refuse");
    }

    private static String hex(Xid id) {
        return HexFormat.of().formatHex(id.bytes());
    }

    private static void passes(BackgroundLoop loop, int count) {
        for (int i = 0; i < count; i++) {
            Duration before = loop.sinceLastPass();
            loop.wake();
            for (Duration now = before; now.compareTo(before) >= 0; now = loop.sinceLastPass()) {
                before = now;
                Thread.onSpinWait();
            }
        }
    }

    private static BackgroundLoop settleLoop(Node node) {
        return loop(node, "settle");
    }

    private static BackgroundLoop loop(Node node, String name) {
        return node.dispatcher.loops().stream()
                .filter(loop -> loop.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
