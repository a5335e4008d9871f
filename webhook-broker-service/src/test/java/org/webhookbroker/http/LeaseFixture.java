package org.webhookbroker.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.testing.MariaDbExtension;

/** A node with a pull consumer that leases. */
abstract class LeaseFixture {
    abstract MariaDbExtension mariaDb();

    TestNode node;
    PullClient client;
    Consumer consumer;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb().database(), settings -> settings.pull.maxWaiting = 3).started();
        consumer = node.consumer("k1", ConsumerType.PULL);
        client = new PullClient(node, "k1");
    }

    @AfterEach
    void stop() {
        node.close();
    }

    String one(String sql) {
        return node.database.withHandle(handle -> {
            Optional<String> value = handle.createQuery(sql).mapTo(String.class).findOne();
            return value.orElse("nothing");
        });
    }

    static String id(List<JsonNode> jobs, int index) {
        return jobs.get(index).path("ID").asText();
    }
}
