package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore;
import org.webhookbroker.ops.RecountStore;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.testing.MariaDbExtension;

/** A node with a pull consumer whose jobs change their state. */
abstract class JobStateFixture {
    abstract MariaDbExtension mariaDb();

    TestNode node;
    PullClient client;
    Consumer consumer;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb().database()).started();
        consumer = node.consumer("k1", ConsumerType.PULL);
        client = new PullClient(node, "k1");
    }

    @AfterEach
    void stop() {
        node.close();
    }

    String jobIn(String state) {
        String job = client.broadcast("m" + System.nanoTime(), 0);
        List<String> steps = switch (state) {
            case "INFLIGHT" -> List.of("INFLIGHT");
            case "DELIVERED" -> List.of("INFLIGHT", "DELIVERED");
            case "DEAD" -> List.of("INFLIGHT", "DEAD");
            default -> List.of();
        };
        steps.forEach(
                step -> assertThat(client.move(job, step).statusCode()).as(step).isEqualTo(202));
        assertThat(client.state(job)).isEqualTo(state);
        return job;
    }

    /** The job, whichever table it is in. */
    String rows(String job) {
        return node.database.withHandle(handle -> handle.createQuery("""
                        SELECT CONCAT('job holder=', holder, ' attempts=', attempts, ' timeout=', pull_timeout, ' ', changed_at)
                        FROM job WHERE id = :id
                        UNION ALL
                        SELECT CONCAT('delivered ', changed_at) FROM delivered_job WHERE id = :id
                        UNION ALL
                        SELECT CONCAT('dead attempts=', attempts, ' timeout=', pull_timeout, ' ', reason, changed_at)
                        FROM dead_job WHERE id = :id
                        """)
                .bind("id", Xid.parse(job).orElseThrow())
                .mapTo(String.class)
                .one());
    }

    TallyStore.Totals totals() {
        return node.database.withHandle(handle -> new TallyStore().of(handle, consumer.id()));
    }

    void assertAccounted() {
        TallyStore.Totals totals = totals();
        RecountStore.Jobs found = node.database
                .<Map<Xid, RecountStore.Jobs>, RuntimeException>inSnapshot(
                        handle -> new RecountStore().jobs(handle, rows -> {}))
                .getOrDefault(consumer.id(), RecountStore.Jobs.NONE);
        assertThat(found).isEqualTo(new RecountStore.Jobs(totals.live(), totals.delivered(), totals.dead()));
    }
}
