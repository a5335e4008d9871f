package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;
import org.webhookbroker.testing.Books;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Outage;
import org.webhookbroker.testing.Registrar;

/** While the database has no space left. */
@Tag("G1")
@Tag("G9")
class NoSpaceTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** Were they dropped, as those are that can never be recorded, each would be delivered again and again. */
    @Test
    @Tag("G2")
    void outcomesWaitUntilThereIsRoomForThem() throws Exception {
        Database database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        registrar.producer("p");
        try (ConsumerServer consumer = ConsumerServer.start()) {
            registrar.push(registrar.channel("c"), "k", consumer.url("/k"));
            try (Node node = Node.start(database)) {
                Outage full = mariaDb.fill("INSERT", List.of("delivered_job"));
                List<String> sent = node.sendMany("c", "m", 20);
                await().until(() -> consumer.requests("/k").size() >= sent.size());
                await().until(() -> settleLoop(node).failure() != null);
                full.close();
                await().until(() -> node.settled("delivered") == sent.size());
                assertThat(consumer.requests("/k")).hasSameSizeAs(sent);
                await().until(() -> settleLoop(node).failure() == null);
            }
        }
        Books.assertBalanced(database);
    }

    private static BackgroundLoop settleLoop(Node node) {
        return node.dispatcher.loops().stream()
                .filter(loop -> loop.name().equals("settle"))
                .findFirst()
                .orElseThrow();
    }
}
