package org.webhookbroker.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.testing.MariaDbExtension;

/** Whether a loop that gets nothing done is a reason to send requests to other nodes: only if they would fare better. */
@Tag("G9")
final class UnwellLoopTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    /** After a second without a good pass; the interval counts into it. */
    private static final Duration SOON = Duration.ofSeconds(1 - 15);

    private final ConnectionException noDatabase =
            new ConnectionException(new SQLNonTransientConnectionException("refused"));

    private final Database database = mariaDb.database();
    private final CountDownLatch end = new CountDownLatch(1);

    @Test
    void aBugIsItsOwn() throws Exception {
        assertThat(fails(new StackOverflowError())).isTrue();
        assertThat(fails(new IllegalStateException("no such state"))).isTrue();
    }

    /** A right that was revoked, for instance: a balancer without any node would make it worse. */
    @Test
    void whatTheDatabaseRefusesIsNot() throws Exception {
        Throwable ofTheStatement =
                catchThrowable(() -> database.withHandle(handle -> handle.execute("SELECT no_such_column")));
        assertThat(fails(ofTheStatement)).isFalse();
    }

    @Test
    void aDatabaseThatIsAwayIsNot() throws Exception {
        assertThat(fails(noDatabase)).isFalse();
        assertThat(fails(new IllegalStateException("while it looked", noDatabase)))
                .isFalse();
        assertThat(fails(new IncarnationEndedException(1))).isFalse();
    }

    @Test
    void itemsThatFailAreNot() throws Exception {
        ItemFailures failures = new ItemFailures();
        failures.collect("the first", () -> {
            throw new IllegalStateException("cannot be read");
        });
        failures.collect("the second", () -> {
            throw new IllegalStateException("cannot be read");
        });
        assertThat(isUnwell(() -> {
                    failures.throwAll();
                    return false;
                }))
                .isFalse();
    }

    @Test
    void toStandStillIsItsOwn() throws Exception {
        assertThat(isUnwell(() -> {
                    end.await();
                    return false;
                }))
                .isTrue();
    }

    @Test
    void toStandStillWithAConnectionInTheHandIsItsOwn() throws Exception {
        assertThat(isUnwell(() -> database.withHandle(handle -> {
                    end.await();
                    return false;
                })))
                .isTrue();
    }

    @Test
    void toWaitForTheDatabaseIsNot() throws Exception {
        try (Connection other = mariaDb.connect()) {
            other.createStatement().execute("DO GET_LOCK('unwell', 0)");
            CompletableFuture<Void> release = CompletableFuture.runAsync(() -> releaseAtTheEnd(other));
            assertThat(isUnwell(() -> database.withHandle(UnwellLoopTest::waitForLock)))
                    .isFalse();
            release.get();
        }
    }

    /** A loop that gets stuck because the database went away has stalled once the database is back. */
    @Test
    void aFailureThatIsOverExcusesNothing() throws Exception {
        boolean[] failed = new boolean[1];
        assertThat(isUnwell(() -> {
                    if (!failed[0]) {
                        failed[0] = true;
                        throw noDatabase;
                    }
                    end.await();
                    return false;
                }))
                .isTrue();
    }

    private static boolean waitForLock(Handle handle) {
        return handle.createQuery("SELECT GET_LOCK('unwell', 50) = 0")
                .mapTo(Boolean.class)
                .one();
    }

    private void releaseAtTheEnd(Connection holder) {
        try {
            end.await();
            holder.createStatement().execute("DO RELEASE_LOCK('unwell')");
        } catch (InterruptedException | SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private boolean fails(Throwable failure) throws Exception {
        return isUnwell(() -> {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        });
    }

    private boolean isUnwell(BackgroundLoop.Duty duty) throws Exception {
        BackgroundLoop loop = new BackgroundLoop("test", SOON, duty);
        loop.start();
        try {
            Duration twice = loop.stallLimit().multipliedBy(2);
            await().pollInterval(Duration.ofMillis(5)).until(() -> {
                loop.wake();
                return loop.sinceLastPass().compareTo(twice) > 0;
            });
            return loop.isUnwell();
        } finally {
            end.countDown();
            loop.stop();
        }
    }
}
