package org.webhookbroker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.webhookbroker.testing.Sql;

/** After a fault everything comes to rest by itself. Then three sets of books agree: the ledger, the tables and the broker's own. */
final class Books {
    private static final Duration RECOVERY = Duration.ofMinutes(2);

    private final Cluster cluster;
    private final Ledger ledger;
    private final Sql sql;

    Books(Cluster cluster, Ledger ledger, Sql sql) {
        this.cluster = cluster;
        this.ledger = ledger;
        this.sql = sql;
    }

    /** Call it while nothing is sent. */
    void mustBalance() {
        await().atMost(RECOVERY)
                .untilAsserted(() -> assertThat(ledger.missing()).isEmpty());
        await().atMost(RECOVERY).until(cluster::isHealthy);
        await().atMost(RECOVERY).until(() -> sql.count("job") == 0);
        long stored = sql.count("message");
        assertThat(stored).isGreaterThanOrEqualTo(ledger.acknowledged());
        assertThat(sql.count("delivered_job")).isEqualTo(stored * Consumers.NAMES.size());
        assertThat(sql.count("dead_job")).isZero();
        assertThat(ledger.invented()).isEmpty();
        await().atMost(RECOVERY)
                .ignoreExceptions()
                .until(() -> cluster.accounting().contains("\nACCOUNTED"));
    }
}
