package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.Books;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.Globals;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.TestPool;

/** The server is set by somebody to whom the broker's statements mean nothing. */
@Tag("G3")
class HostileGlobalsTest {
    private static final int CONSUMERS = 60;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void allConsumersGetAllMessages() throws Exception {
        Registrar registrar = new Registrar(mariaDb.database());
        registrar.producer("p");
        Xid channel = registrar.channel("c");
        try (ConsumerServer consumer = ConsumerServer.start();
                Globals globals = new Globals(mariaDb)) {
            for (int i = 0; i < CONSUMERS; i++) {
                registrar.push(channel, "k" + i, consumer.url("/k" + i));
            }
            globals.set("sql_select_limit", "40")
                    .set("sql_safe_updates", "1")
                    .set("optimizer_max_sel_arg_weight", "1")
                    .set("max_join_size", "1")
                    .set("sql_big_selects", "0")
                    .set("sql_mode", "'ORACLE,ANSI,NO_BACKSLASH_ESCAPES'")
                    .set("autocommit", "0")
                    .set("completion_type", "'CHAIN'")
                    .set("tx_isolation", "'SERIALIZABLE'")
                    .set("tx_read_only", "1")
                    .set("character_set_server", "'latin1'")
                    .set("time_zone", "'+13:00'");
            TestPool pool = TestPool.open(mariaDb.pooledBy(8));
            try (Node node = Node.start(pool.database())) {
                List<String> sent = node.sendMany("c", "m'\\\"ü", 5);
                await().until(() -> node.settled("delivered") == sent.size() * CONSUMERS);
                for (int i = 0; i < CONSUMERS; i++) {
                    assertThat(consumer.requests("/k" + i)).hasSameSizeAs(sent);
                }
            }
            Books.assertBalanced(pool.database());
            pool.close();
        }
    }

    /** Whatever cuts a read short: a job that is not made is missed by nobody. */
    @Test
    void aRegistryThatIsReadInPartIsNotUsed() {
        Registrar registrar = new Registrar(mariaDb.database());
        Xid channel = registrar.channel("c");
        registrar.push(channel, "k1", "http://127.0.0.1/1");
        registrar.push(channel, "k2", "http://127.0.0.1/2");
        TestPool pool = TestPool.open(mariaDb.pooledBy(1));
        pool.jdbi().useHandle(handle -> handle.execute("SET sql_select_limit = 1"));
        Registry registry = new Registry(pool.database());
        assertThatThrownBy(registry::refresh)
                .hasMessage("Not all of the registry was read: something cuts reads short");
        assertThat(registry.current().consumers()).isEmpty();
        pool.close();
    }
}
