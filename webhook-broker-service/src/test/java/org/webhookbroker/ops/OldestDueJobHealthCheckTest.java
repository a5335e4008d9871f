package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.health.HealthCheck;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

class OldestDueJobHealthCheckTest {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private Database database;
    private Registrar registrar;
    private Xid channel;
    private final Set<Xid> askedAway = new HashSet<>();
    private long now;
    private GaugeRefresh refresh;
    private HealthCheck check;

    @BeforeEach
    void setUp() {
        database = mariaDb.database();
        registrar = new Registrar(database);
        channel = registrar.channel("orders");
        refresh = new GaugeRefresh(database, new Registry(database), askedAway::contains, () -> now);
        check = new OldestDueJobHealthCheck(refresh::backlogs, LIMIT);
    }

    @Test
    void healthyBeforeAnythingIsKnown() {
        assertThat(check.execute().isHealthy()).isTrue();
    }

    @Test
    void dueJobsThatNobodyTouchesAreUnhealthy() {
        queueLate(registrar.push(channel, "billing", "http://127.0.0.1/"));
        assertThat(look().isHealthy()).isTrue();

        now += LIMIT.plusSeconds(1).toNanos();

        HealthCheck.Result result = look();
        assertThat(result.isHealthy()).isFalse();
        assertThat(result.getMessage()).contains("orders/billing").containsPattern("\\((599|6\\d\\d) s\\)");
    }

    @Test
    void slowConsumerIsNamedButKeepsTheNodeHealthy() {
        Xid consumer = registrar.push(channel, "billing", "http://127.0.0.1/");
        queueLate(consumer);
        look();
        now += LIMIT.plusSeconds(1).toNanos();
        update("UPDATE job SET holder = 7 WHERE consumer_id = ? LIMIT 1", consumer);

        HealthCheck.Result result = look();

        assertThat(result.isHealthy()).isTrue();
        assertThat(result.getMessage()).contains("Late, but moving: orders/billing");
    }

    @Test
    void progressBetweenTwoLooksCountsAlthoughNothingIsInFlightAtEither() {
        Xid consumer = registrar.push(channel, "billing", "http://127.0.0.1/");
        queueLate(consumer);
        look();
        now += LIMIT.plusSeconds(1).toNanos();
        update("UPDATE tally SET delivered = delivered + 1 WHERE owner_id = ?", consumer);

        assertThat(look().isHealthy()).isTrue();
    }

    /** G7: a node that does as a consumer's Retry-After says is well. */
    @Test
    void aConsumerThatHasAskedUsToStayAwayKeepsTheNodeHealthy() {
        Xid consumer = registrar.push(channel, "billing", "http://127.0.0.1/");
        queueLate(consumer);
        look();
        askedAway.add(consumer);
        now += LIMIT.plusSeconds(1).toNanos();

        assertThat(look().isHealthy()).isTrue();

        askedAway.clear();
        now += LIMIT.plusSeconds(1).toNanos();
        assertThat(look().isHealthy()).isFalse();
    }

    @Test
    void pullConsumerMayTakeItsTime() {
        queueLate(registrar.pull(channel, "reports"));
        look();
        now += LIMIT.plusSeconds(1).toNanos();

        assertThat(look().isHealthy()).isTrue();
    }

    @Test
    void looksAtTheEdgesOfTheIndexOnly() {
        new Seed(database).queued(channel, registrar.pull(channel, "reports"), 2000);
        List<String> plan = database.withHandle(handle -> {
            handle.execute("ANALYZE TABLE job");
            return handle.createQuery("EXPLAIN " + QueueStore.SECTIONS)
                    .map((row, context) -> String.valueOf(row.getString("Extra")))
                    .list();
        });
        assertThat(plan).anyMatch(extra -> extra.contains("Using index for group-by"));
    }

    private HealthCheck.Result look() {
        refresh.runOnce();
        return check.execute();
    }

    private void queueLate(Xid consumer) {
        new Seed(database).queued(channel, consumer, 2);
        update("UPDATE job SET due_at = UTC_TIMESTAMP(6) - INTERVAL 10 MINUTE WHERE consumer_id = ?", consumer);
    }

    private void update(String sql, Xid consumer) {
        database.withHandle(handle -> handle.execute(sql, consumer));
    }
}
