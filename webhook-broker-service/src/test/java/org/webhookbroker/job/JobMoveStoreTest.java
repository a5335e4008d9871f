package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.ToIntBiFunction;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.Books;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

/** What a job takes along from table to table. */
class JobMoveStoreTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final int HOLDER = 7;

    private final JobMoveStore moves = new JobMoveStore();
    private Database database;
    private Xid consumer;
    private Xid job;

    /** A job that is held, with a value of its own in each column. */
    @BeforeEach
    void hold() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("c");
        consumer = registrar.pull(channel, "k");
        job = new Seed(database).queued(channel, consumer, 1).get(0);
        mariaDb.sql()
                .execute(
                        "UPDATE job SET holder = 7, priority = 3, size = 11, attempts = 2, takeovers = 4, pull_timeout = 45");
    }

    @Test
    void aBurialBySettlingKeepsAllAndARequeueBringsItBack() {
        assertThat(bury(new Failure("status-500", "no", false))).isEqualTo(1);

        assertThat(dead()).isEqualTo("3 11 2 0 45 status-500 no");
        assertThat(move((handle, tally) ->
                        moves.requeue(handle, consumer, List.of(job), tally).size()))
                .isEqualTo(1);
        assertThat(live()).isEqualTo("0 0 3 11 0 0 0 45  ");
        Books.assertBalanced(database);
    }

    /** G5: its holders may have sent it before they died. */
    @Test
    @Tag("G5")
    void aBurialOfWhatKillsItsHoldersKeepsAllAndMarksAPossibleRepeat() {
        assertThat(move((handle, tally) -> moves.buryKillers(handle, HOLDER, List.of(job), 6, tally)))
                .as("one life left")
                .isZero();
        assertThat(move((handle, tally) -> moves.buryKillers(handle, HOLDER, List.of(job), 5, tally)))
                .isEqualTo(1);

        assertThat(dead()).isEqualTo("3 11 2 1 45 crash-loop Each of 5 broker processes that held this job died");
        assertThat(move((handle, tally) ->
                        moves.requeue(handle, consumer, List.of(job), tally).size()))
                .isEqualTo(1);
        assertThat(live()).isEqualTo("0 0 3 11 0 0 1 45  ");
        Books.assertBalanced(database);
    }

    @Test
    void aDeadJobThatIsTakenGoesOnWhereItEnded() {
        bury(new Failure("nacked", "no", true));

        assertThat(revive(0)).isTrue();
        assertThat(live()).isEqualTo("2147483647 1 3 11 3 0 1 45 nacked no");
        assertThat(mariaDb.sql().textOf("SELECT TIMESTAMPDIFF(SECOND, changed_at, due_at) FROM job"))
                .isEqualTo("75");
        assertThat(revive(0)).as("not dead any more").isFalse();
        Books.assertBalanced(database);
    }

    @Test
    void aTimeoutThatIsGivenReplacesTheOneBefore() {
        bury(new Failure("nacked", "no", true));

        assertThat(revive(5)).isTrue();
        assertThat(
                        mariaDb.sql()
                                .textOf(
                                        "SELECT CONCAT_WS(' ', pull_timeout, TIMESTAMPDIFF(SECOND, changed_at, due_at)) FROM job"))
                .isEqualTo("5 35");
    }

    private int bury(Failure failure) {
        LeasedJob leased = database.withHandle(handle ->
                        handle.createQuery(LiveJob.SELECT).map(LiveJob::of).one())
                .leased();
        return move(
                (handle, tally) -> moves.bury(handle, HOLDER, List.of(new Settlement.Dead(leased, failure)), tally));
    }

    private boolean revive(int timeout) {
        return move((handle, tally) ->
                        moves.revive(handle, consumer, job, Duration.ofSeconds(30), timeout, tally) ? 1 : 0)
                == 1;
    }

    private int move(ToIntBiFunction<Handle, Tally> work) {
        return database.inTransaction(handle -> {
            Tally tally = new Tally();
            int moved = work.applyAsInt(handle, tally);
            tally.write(handle, 0);
            return moved;
        });
    }

    private String live() {
        return mariaDb.sql().textOf("""
                SELECT CONCAT_WS(' ', holder, retry, priority, size, attempts, takeovers, possible_duplicate, pull_timeout,
                  reason, detail) FROM job
                """);
    }

    private String dead() {
        return mariaDb.sql().textOf("""
                SELECT CONCAT_WS(' ', priority, size, attempts, possible_duplicate, pull_timeout, reason, detail) FROM dead_job
                """);
    }
}
