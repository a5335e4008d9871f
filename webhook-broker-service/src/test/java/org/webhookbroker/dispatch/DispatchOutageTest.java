package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Outage;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Sql;

/** What an outage of the database does not do to the jobs that a node holds. */
@Tag("G5")
@Tag("G7")
@Tag("slow")
class DispatchOutageTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final long TAKEOVER_MILLIS =
            Node.settings().dispatch.takeoverAfter.toMilliseconds();

    private final Sql sql = mariaDb.sql();
    private final ConsumerServer consumers = ConsumerServer.start();

    @AfterEach
    void close() {
        consumers.close();
    }

    /** An outage kills nobody, so it counts as no death and makes no job a possible repeat. */
    @Test
    void anOutageLongerThanTheTakeoverTimeEndsNoIncarnation() throws Exception {
        Database database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        registrar.producer("p");
        registrar.push(registrar.channel("c"), "k", consumers.url("/k"));
        consumers.on("/k", Behavior.reply(503, "", "Retry-After: 600"));
        try (Node node = Node.start(database, settings -> settings.dispatch.maxInFlightPerConsumer = 1)) {
            node.sendMany("c", "m", 50);
            int before = node.incarnation.id();
            BackgroundLoop heartbeat = node.dispatcher.loops().get(0);
            Outage outage = mariaDb.hang();
            await().until(() -> heartbeat.sinceLastPass().toMillis() > 2 * TAKEOVER_MILLIS);
            outage.close();
            int marker = silentIncarnation();
            await().until(() -> isForgotten(marker));
            assertThat(node.incarnation.id()).isEqualTo(before);
            assertThat(sql.longOf("SELECT SUM(takeovers) FROM job")).isZero();
        }
    }

    /** Once it is gone the rescuer has judged: it would have ended ours with it. */
    private int silentIncarnation() {
        return mariaDb.database()
                .withHandle(handle -> handle.createUpdate(
                                "INSERT INTO incarnation (node, started_at, seen_at) VALUES ('marker', '2000-01-01', '2000-01-01')")
                        .executeAndReturnGeneratedKeys("id")
                        .mapTo(Integer.class)
                        .one());
    }

    private boolean isForgotten(int incarnation) {
        return sql.count("incarnation", "id = " + incarnation) == 0;
    }
}
