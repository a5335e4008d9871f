package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.Tally;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.QueryPlan;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

class RescueStoreTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** What a pass costs must not depend on how many jobs wait. */
    @Test
    void holdingsAreFoundByJumpsThroughTheIndex() {
        Database database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        Xid consumer = registrar.push(channel, "k", "http://127.0.0.1/");
        new Seed(database).queued(channel, consumer, 20_000);
        database.withHandle(handle -> handle.execute("ANALYZE TABLE job"));

        assertThat(QueryPlan.of(database, HoldingStore.HOLDINGS, consumer)).contains("Using index for group-by");
        assertThat(QueryPlan.of(database, HoldingStore.HELD, consumer))
                .as("jumps, and then the jobs that are held")
                .contains("Using index for group-by")
                .containsPattern("table=job, type=ref, possible_keys=job_lease, key=job_lease, key_len=16");
    }

    /** G5: between the look for silent ones and this. */
    @Test
    @Tag("G5")
    void whoWasHeardOfMeanwhileIsNotEnded() {
        Database database = mariaDb.database();
        RescueStore store = new RescueStore();
        Duration timeout = Duration.ofHours(1);
        Incarnation other = new Incarnation(database, "other", timeout);
        other.begin();
        mariaDb.sql().execute("UPDATE incarnation SET seen_at = seen_at - INTERVAL 2 HOUR");
        List<Integer> silent = database.withHandle(handle -> store.silentIncarnations(handle, timeout));
        assertThat(silent).containsExactly(other.id());

        other.heartbeat();
        assertThat(leftAlive(store, other.id(), timeout)).containsExactly(other.id());

        mariaDb.sql().execute("UPDATE incarnation SET seen_at = seen_at - INTERVAL 2 HOUR");
        assertThat(leftAlive(store, other.id(), timeout)).isEmpty();
    }

    private static Set<Integer> leftAlive(RescueStore store, int incarnation, Duration timeout) {
        return mariaDb.database().inTransaction(handle -> {
            store.endIfSilent(handle, incarnation, timeout);
            return store.liveIncarnations(handle);
        });
    }

    /** G2: every node sees an ended incarnation at the same moment, and its counts must be folded once. */
    @Test
    void twoNodesThatForgetOneIncarnationFoldItOnce() throws Exception {
        Database database = mariaDb.database();
        RescueStore store = new RescueStore();
        Xid consumer = new XidGenerator(Clock.systemUTC()).next();
        int ended = database.inTransaction(handle -> {
            new Tally().accepted(consumer, 5).write(handle, 0);
            handle.execute("INSERT INTO incarnation (node, started_at, seen_at, ended)"
                    + " VALUES ('dead', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), TRUE)");
            int id = handle.createQuery("SELECT id FROM incarnation")
                    .mapTo(Integer.class)
                    .one();
            new Tally().accepted(consumer, 7).write(handle, id);
            return id;
        });
        ExecutorService nodes = Executors.newFixedThreadPool(2);
        try (Connection blocker = mariaDb.connect()) {
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("UPDATE tally SET removed = 0 WHERE incarnation = 0");
            List<? extends Future<?>> both = Stream.generate(() -> nodes.submit(() -> database.inTransaction(handle -> {
                        store.forget(handle, ended);
                        return null;
                    })))
                    .limit(2)
                    .toList();
            await().until(() -> waitingForALock() == 2);
            blocker.commit();
            for (Future<?> each : both) {
                each.get();
            }
        } finally {
            nodes.shutdownNow();
        }

        assertThat(mariaDb.sql().longOf("SELECT SUM(accepted) FROM tally")).isEqualTo(12);
    }

    private static long waitingForALock() {
        return mariaDb.sql().count("information_schema.innodb_trx", "trx_state = 'LOCK WAIT'");
    }
}
