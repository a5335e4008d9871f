package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.job.Settlement;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

class SettleBufferTest {
    private static final int HOLDER = 7;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** G6, G9: the outcomes of all consumers share a batch. */
    @Test
    void anOutcomeThatCanNotBeRecordedHoldsUpNoOther() throws Exception {
        Database database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        Xid consumer = registrar.push(channel, "k", "http://localhost/");
        List<Xid> jobs = new Seed(database).queued(channel, consumer, 3);
        mariaDb.sql().execute("UPDATE job SET holder = ?", HOLDER);
        SettleBuffer settling = new SettleBuffer(database, new DispatchMetrics(new PrometheusRegistry()), () -> {});
        for (int i = 0; i < 3; i++) {
            int attempts = i == 1 ? -1 : 0; // No column holds a negative count.
            settling.add(
                    null,
                    new Settlement.Delivered(
                            new LeasedJob(jobs.get(i), jobs.get(i), consumer, HOLDER, 0, 10, attempts, false)));
        }

        settling.runOnce();

        assertThat(settling.isDone()).isTrue();
        List<Xid> left = database.withHandle(handle ->
                handle.createQuery("SELECT id FROM job").mapTo(Xid.class).list());
        assertThat(left).containsExactly(jobs.get(1));
    }
}
