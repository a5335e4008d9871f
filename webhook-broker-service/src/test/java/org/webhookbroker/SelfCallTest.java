package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** The whole broker refuses to call its API, its admin port and its database, while all networks are allowed. */
class SelfCallTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void callbacksToTheBrokerItselfAreBlocked(@TempDir Path folder) throws Exception {
        String generous = Files.readString(Path.of("..", "config.yml"))
                .replace("${OUTBOUND_ALLOWED_NETWORKS:-[]}", "[0.0.0.0/0, \"::/0\"]");
        List<InetSocketAddress> servers = mariaDb.database().servers();
        assertThat(servers).hasSize(1);
        assertThat(mariaDb.jdbcUrl())
                .contains("//" + servers.get(0).getHostString() + ":"
                        + servers.get(0).getPort());
        try (ConsumerServer consumer = ConsumerServer.start();
                LocalBroker broker = LocalBroker.on(mariaDb)
                        .configuredBy(Files.writeString(folder.resolve("config.yml"), generous))
                        .start("retry.maxRetries=0")) {
            ApiClient api = broker.api();
            api.register("c", "healthy", consumer.url("/hook"));
            api.subscribe("c", "gc", "http://127.0.0.1:" + broker.adminPort() + "/tasks/gc");
            api.subscribe("c", "level", "http://[::ffff:127.0.0.2]:" + broker.adminPort() + "/tasks/log-level");
            api.subscribe("c", "loop", "http://localhost:" + broker.port() + "/channel/c/broadcast");
            api.subscribe("c", "database", "http://localhost:" + servers.get(0).getPort() + "/");

            assertThat(api.broadcast("c", "m1", "hello").join()).isEqualTo(201);

            await().until(() -> mariaDb.sql().count("dead_job") == 4);
            assertThat(mariaDb.sql().count("dead_job", "reason = 'blocked-address'"))
                    .isEqualTo(4);
            await().until(() -> mariaDb.sql().count("delivered_job") == 1);
            assertThat(consumer.requests("/hook")).hasSize(1);
        }
    }
}
