package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Pace;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LeaseStore.Choice;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

/** How often a look is full, and whose. The clock moves only where a test says so. */
@Tag("G6")
class FullLooksTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final Duration CHEAP = Duration.ofNanos(100_000);
    private static final Duration COSTLY = Duration.ofMillis(10);

    private final QueueMarks marks = new QueueMarks();
    private final QueueMarks others = new QueueMarks();
    private final Pace pace = new Pace(Duration.ofMillis(25), Duration.ofMinutes(1), this::tick);
    private Database database;
    private Xid consumer;
    private long now;
    /** By so much the clock moves when it is read. */
    private long step;

    @BeforeEach
    void aJobWaits() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        consumer = registrar.push(channel, "k", "http://127.0.0.1/");
        new Seed(database).queued(channel, consumer, 1);
        mariaDb.sql().execute("UPDATE job SET due_at = due_at + INTERVAL 1 HOUR");
    }

    private long tick() {
        now += step;
        return now;
    }

    @Test
    void aCheapLookIsFull() {
        for (int i = 0; i < 5; i++) {
            assertThat(look(marks, CHEAP)).isTrue();
        }
    }

    @Test
    void costlyOnesTakeAFiftiethOfTheTime() {
        Duration cost = Duration.ofMillis(100);
        assertThat(look(marks, cost)).as("the first").isTrue();
        pass(Duration.ofSeconds(2));
        assertThat(look(marks, cost)).isTrue();

        pass(Duration.ofMillis(4_800));
        assertThat(look(marks, cost)).isFalse();
        pass(Duration.ofMillis(200));
        assertThat(look(marks, cost)).isTrue();
    }

    /** It looks as often as there is time to, and would have them all. */
    @Test
    void aBusyConsumerLeavesSomeToTheOthers() {
        look(marks, COSTLY);
        look(others, COSTLY);
        pass(Duration.ofSeconds(2));
        assertThat(look(marks, COSTLY)).isTrue();
        pass(Duration.ofMillis(600));

        assertThat(look(marks, COSTLY)).isFalse();
        assertThat(look(others, COSTLY)).isTrue();
    }

    /** A pause of this process or of the server says nothing of what full looks cost. */
    @Test
    void afterOneStallTheOthersGoOn() {
        look(marks, CHEAP);
        look(others, CHEAP);
        assertThat(look(marks, Duration.ofSeconds(1))).isTrue();

        assertThat(look(others, CHEAP)).isTrue();
        pass(Duration.ofSeconds(2));
        assertThat(look(marks, CHEAP)).isTrue();
        assertThat(look(marks, CHEAP)).isTrue();
    }

    @Test
    void theyAreComparedWithTheMeanOfOthersWhichAStallHardlyMoves() {
        for (int i = 0; i < 100; i++) {
            pace.tookPlainly(400_000);
            pace.tookPlainly(2_000_000);
        }
        assertThat(pace.isCheap(1_600_000)).isTrue();
        assertThat(pace.isCheap(3_000_000)).isFalse();

        pace.tookPlainly(Duration.ofSeconds(1).toNanos());
        assertThat(pace.isCheap(3_000_000)).isFalse();
    }

    /** Returns whether it was full. */
    private boolean look(QueueMarks of, Duration cost) {
        Visit visit = of.visit(pace);
        step = visit.isFull() ? cost.toNanos() : 0;
        database.inTransaction(handle -> new LeaseStore().lease(handle, consumer, 7, 10, job -> Choice.TAKE, visit));
        step = 0;
        of.looked(visit);
        return visit.isFull();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
