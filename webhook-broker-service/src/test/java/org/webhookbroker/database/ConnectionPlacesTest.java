package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestPool;

class ConnectionPlacesTest {
    private static final int POOL = 12;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final TestPool pool = TestPool.open(mariaDb.pooledBy(POOL));
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Of twelve, eight are for the vital loops and the health check, and of the other four half for reads. */
    @Test
    void readersLeaveRoomForWorkAndBothForTheVital() {
        Database database = limited(Duration.ofMillis(100));
        List<CompletableFuture<Integer>> readers = hold(database.aside(), 2);
        assertThatThrownBy(() -> answer(database.aside()))
                .isInstanceOf(ConnectionException.class)
                .hasStackTraceContaining("database.poolSize")
                .matches(Database::isUnavailable);
        List<CompletableFuture<Integer>> workers = hold(database, 2);
        assertThatThrownBy(() -> answer(database)).isInstanceOf(ConnectionException.class);
        List<CompletableFuture<Integer>> vital = hold(database.vital(), ConnectionPlaces.VITAL);

        end.countDown();
        assertThat(readers).allMatch(each -> each.join() == 1);
        assertThat(workers).allMatch(each -> each.join() == 1);
        assertThat(vital).allMatch(each -> each.join() == 1);
        assertThat(answer(database.aside())).isEqualTo(1);
    }

    /** The smallest pool has one for each loop and one for all others. */
    @Test
    void ofEightConnectionsOneIsShared() {
        Database database = new Database(pool.jdbi(), new ConnectionPlaces(8, Duration.ofMillis(50)));
        hold(database.aside(), 1);
        assertThatThrownBy(() -> answer(database)).isInstanceOf(ConnectionException.class);
        hold(database.vital(), 7);
    }

    /** A refused one gives back what it had taken: otherwise places would dwindle. */
    @Test
    void readersThatFindNoConnectionKeepNoPlace() {
        Database database = limited(Duration.ofMillis(50));
        List<CompletableFuture<Integer>> workers = hold(database, 4);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> answer(database.aside())).isInstanceOf(ConnectionException.class);
        }
        end.countDown();
        workers.forEach(CompletableFuture::join);
        hold(database.aside(), 2);
    }

    /** Each has a thread of the server, which intake needs too. */
    @Test
    void fewReadersWait() {
        Database database = limited(Duration.ofMinutes(10));
        hold(database.aside(), 2);
        for (int i = 0; i < 24; i++) {
            threads.execute(() -> answer(database.aside()));
        }
        await().untilAsserted(() -> assertThatThrownBy(
                        () -> CompletableFuture.supplyAsync(() -> answer(database.aside()), threads)
                                .get(1, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ConnectionException.class));
        end.countDown();
    }

    private Database limited(Duration longestWait) {
        return new Database(pool.jdbi(), new ConnectionPlaces(POOL, longestWait));
    }

    private List<CompletableFuture<Integer>> hold(Database database, int count) {
        CountDownLatch held = new CountDownLatch(count);
        List<CompletableFuture<Integer>> holders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            holders.add(CompletableFuture.supplyAsync(
                    () -> database.withHandle(handle -> {
                        int answer = handle.createQuery("SELECT 1")
                                .mapTo(Integer.class)
                                .one();
                        held.countDown();
                        awaitEnd();
                        return answer;
                    }),
                    threads));
        }
        await().until(() -> held.getCount() == 0);
        return holders;
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static int answer(Database database) {
        return database.withHandle(
                handle -> handle.createQuery("SELECT 1").mapTo(Integer.class).one());
    }

    @AfterEach
    void close() {
        end.countDown();
        threads.shutdown();
        await().until(threads::isTerminated);
        pool.close();
    }
}
