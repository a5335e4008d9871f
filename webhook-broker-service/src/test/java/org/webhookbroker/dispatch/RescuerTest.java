package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.delivery.RescueStore;
import org.webhookbroker.delivery.TallyStore;
import org.webhookbroker.testing.MariaDbExtension;

class RescuerTest {
    private static final Duration SILENCE = Duration.ofSeconds(2);

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** G5, G7: while the database is away nobody is heard; the first that finds it back must not declare the others dead. */
    @Test
    void whoWasNotHeardItselfLetsTheOthersBeHeardFirst() throws Exception {
        Database database = mariaDb.database();
        Incarnation mine = new Incarnation(database, "mine", SILENCE);
        Incarnation other = new Incarnation(database, "other", SILENCE);
        mine.begin();
        other.begin();
        int before = other.id();
        DispatchMetrics metrics = new DispatchMetrics(new PrometheusRegistry());
        Lanes lanes = new Lanes(
                consumer -> {
                    throw new AssertionError("no consumers here");
                },
                new SettleBuffer(database, metrics, () -> {}),
                Runnable::run);
        Rescuer rescuer = new Rescuer(
                database, new RescueStore(new TallyStore()), mine, lanes, new Rescuer.Takeover(SILENCE, 5), metrics);

        Thread.sleep(SILENCE.toMillis() + 100);
        mine.heartbeat();
        rescuer.runOnce();
        other.heartbeat();
        assertThat(other.id()).isEqualTo(before);

        for (int i = 0; i < 6; i++) {
            Thread.sleep(SILENCE.toMillis() / 5);
            mine.heartbeat();
        }
        rescuer.runOnce();
        other.heartbeat();
        assertThat(other.id()).as("silent while we were heard").isNotEqualTo(before);
    }
}
