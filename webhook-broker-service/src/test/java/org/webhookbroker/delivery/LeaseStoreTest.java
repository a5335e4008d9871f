package org.webhookbroker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

class LeaseStoreTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void aJobThatWillBeDueIsSeenBehindOneThatIs() {
        Database database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        Xid consumer = registrar.push(channel, "k", "http://localhost/");
        Xid later = new Seed(database).queued(channel, consumer, 2).get(1);
        database.withHandle(handle ->
                handle.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE WHERE id = ?", later));

        LeaseStore.Lease lease =
                database.inTransaction(handle -> new LeaseStore().lease(handle, consumer, 1, 10, (job, size) -> true));

        assertThat(lease.jobs()).hasSize(1);
        assertThat(lease.more()).isFalse();
        assertThat(lease.nextDueMicros()).isBetween(0L, Duration.ofMinutes(1).toMillis() * 1000);
    }
}
