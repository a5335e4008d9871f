package org.webhookbroker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.webhookbroker.database.Database;

/** After a fault: everything comes to rest by itself, and three sets of books agree: the ledger, the tables and the broker's own. */
final class Books {
    private static final Duration RECOVERY = Duration.ofMinutes(2);

    private final Cluster cluster;
    private final Ledger ledger;
    private final Database database;

    Books(Cluster cluster, Ledger ledger, Database database) {
        this.cluster = cluster;
        this.ledger = ledger;
        this.database = database;
    }

    /** While nothing is sent. */
    void mustBalance() {
        await().atMost(RECOVERY)
                .untilAsserted(() -> assertThat(ledger.missing()).isEmpty());
        await().atMost(RECOVERY).until(cluster::isHealthy);
        await().atMost(RECOVERY).until(() -> count("job") == 0);
        long stored = count("message");
        assertThat(stored).isGreaterThanOrEqualTo(ledger.acknowledged());
        assertThat(count("delivered_job")).isEqualTo(stored * Consumers.NAMES.size());
        assertThat(count("dead_job")).isZero();
        assertThat(ledger.invented()).isEmpty();
        await().atMost(RECOVERY)
                .ignoreExceptions()
                .until(() -> cluster.accounting().contains("ACCOUNTED"));
    }

    private long count(String table) {
        return database.withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM " + table)
                .mapTo(Long.class)
                .one());
    }
}
