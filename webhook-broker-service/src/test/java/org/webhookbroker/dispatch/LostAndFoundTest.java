package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.sql.Connection;
import java.sql.Statement;
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
    private Incarnation mine;
    private Xid channel;
    private Xid consumer;
    private LostAndFound audit;

    /** This node holds a job by the table, and has none in its lanes. */
    @BeforeEach
    void loseOne() {
        database = mariaDb.database();
        mine = new Incarnation(database, "mine", Duration.ofMinutes(1));
        mine.begin();
        Lanes lanes = new Lanes(
                consumer -> {
                    throw new AssertionError("no lanes here");
                },
                new SettleBuffer(database, new DispatchMetrics(new PrometheusRegistry()), () -> {}));
        audit = new LostAndFound(database, mine, lanes);
        Registrar registrar = new Registrar(database);
        channel = registrar.channel("c");
        consumer = registrar.push(channel, "k", "http://localhost/");
        new Seed(database).queued(channel, consumer, 1);
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

    /** G6: each of them costs two seconds at most, and after three of them none waits. */
    @Test
    @Tag("slow")
    void thoseThatAreLockedHoldUpNoOther() throws Exception {
        new Seed(database).queued(channel, consumer, 7);
        sql.execute("UPDATE job SET holder = ?", mine.id());
        audit.runOnce();
        try (Connection other = mariaDb.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("SELECT id FROM job ORDER BY id LIMIT 7 FOR UPDATE");
            assertThat(sql.waitsForRows(
                            () -> assertThatThrownBy(audit::runOnce).hasMessageStartingWith("7 items failed")))
                    .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7));
            assertThat(jobs("holder = 0 AND possible_duplicate")).isEqualTo(1);
            other.rollback();
        }
    }

    private long jobs(String which) {
        return sql.count("job", which);
    }
}
