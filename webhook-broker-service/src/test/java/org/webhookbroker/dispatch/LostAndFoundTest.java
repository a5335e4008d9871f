package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;

@Tag("G5")
class LostAndFoundTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();

    private Database database;
    private LostAndFound audit;

    /** This node holds a job by the table, and has none in its lanes. */
    @BeforeEach
    void loseOne() {
        database = mariaDb.database();
        Incarnation mine = new Incarnation(database, "mine", Duration.ofMinutes(1));
        mine.begin();
        Lanes lanes = new Lanes(
                consumer -> {
                    throw new AssertionError("no lanes here");
                },
                new SettleBuffer(database, new DispatchMetrics(new PrometheusRegistry()), () -> {}));
        audit = new LostAndFound(database, mine, lanes);
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        new Seed(database).queued(channel, registrar.push(channel, "k", "http://localhost/"), 1);
        sql.execute("UPDATE job SET holder = ?", mine.id());
    }

    @Test
    void whatIsUnknownTwiceIsQueuedAgainAsAPossibleRepeat() {
        audit.runOnce();
        assertThat(jobs("holder > 0")).isEqualTo(1);

        audit.runOnce();
        assertThat(jobs("holder = 0 AND possible_duplicate")).isEqualTo(1);
    }

    /** G4: it was settled and leased again between the two looks, each of which came at a moment when nobody knew it. */
    @Test
    void aSecondLeaseOfTheSameJobIsNoSecondSight() {
        audit.runOnce();
        sql.execute("UPDATE job SET changed_at = changed_at + INTERVAL 1 MICROSECOND");

        audit.runOnce();
        assertThat(jobs("holder > 0")).isEqualTo(1);
    }

    private long jobs(String which) {
        return sql.count("job", which);
    }
}
