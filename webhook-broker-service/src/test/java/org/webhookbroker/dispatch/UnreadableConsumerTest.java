package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.registry.Reencryption;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Sql;
import org.webhookbroker.testing.TestPool;
import org.webhookbroker.testing.TestSecretKeys;

/** A node that lacks a key makes jobs for a consumer that it cannot call, and leaves them to a node that can (G3, G6). */
@Tag("slow")
class UnreadableConsumerTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final ConsumerServer consumers = ConsumerServer.start();
    private final TestPool otherPool = TestPool.open(mariaDb.pooledBy(16));
    private final Sql sql = mariaDb.sql();

    @BeforeEach
    void register() {
        Registrar registrar = new Registrar(mariaDb.database());
        registrar.producer("p");
        var channel = registrar.channel("c");
        registrar.push(channel, "k", consumers.url("/k"));
        registrar.push(channel, "other", consumers.url("/other"));
    }

    @AfterEach
    void close() {
        otherPool.close();
        consumers.close();
    }

    private void encryptK() {
        Database database = otherPool.database();
        TestSecretKeys.of(TestSecretKeys.SECOND).installOn(database);
        Reencryption run = new Reencryption(database, trouble -> {});
        while (run.step()) {}
        sql.execute(
                "UPDATE consumer SET token = 'kt', callback_url = ? WHERE public_id = 'other'",
                consumers.url("/other"));
        sql.execute("UPDATE producer SET token = 'pt'");
        sql.execute("UPDATE channel SET token = 'ct'");
        sql.execute("UPDATE registry_version SET version = version + 1");
    }

    @Test
    @Tag("G3")
    void itsJobsWaitForANodeThatCanCallIt() throws Exception {
        try (Node lacking = Node.start(mariaDb.database(), settings -> settings.secrets.key = TestSecretKeys.FIRST)) {
            lacking.send("c", "before", 0, new byte[1]).get();
            await().until(() -> consumers.requests("/k").size(), count -> count == 1);
            encryptK();
            for (int i = 0; i < 20; i++) {
                lacking.send("c", "m" + i, 0, new byte[1]).get();
            }
            await().until(() -> consumers.requests("/other").size(), count -> count == 21);
            assertThat(consumers.requests("/k")).hasSize(1);
            assertThat(sql.count("job", "holder = 0 AND attempts = 0")).isEqualTo(20);
            try (Node having =
                    Node.start(otherPool.database(), settings -> settings.secrets.key = TestSecretKeys.SECOND)) {
                await().until(() -> consumers.requests("/k").size(), count -> count == 21);
                assertThat(consumers.requests("/k").get(20).header("X-Broker-Consumer-Token"))
                        .isEqualTo("kt");
                assertThat(having.registry.current().unreadable()).isZero();
            }
            assertThat(sql.count("dead_job")).isZero();
        }
    }
}
