package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.TallyStore.Totals;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Sql;

/** What transactions leave in slots counts from their commit on, and once. */
@Tag("G2")
class TallyFoldTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final int SLOTS = 256;
    private static final String OLDER_NODE =
            "INSERT INTO incarnation (node, started_at, seen_at) VALUES ('old', '2030-01-01', '2030-01-01')";

    private final Sql sql = mariaDb.sql();
    private final Xid owner = new Xid(1, 1);
    private final TallyStore store = new TallyStore();
    private Incarnation incarnation;
    private TallyFold fold;

    @BeforeEach
    void begin() {
        incarnation = new Incarnation(mariaDb.database(), "test", Duration.ofMinutes(1));
        fold = new TallyFold(mariaDb.database(), incarnation);
        incarnation.begin();
        fold.runOnce();
    }

    @Test
    void whatIsInSlotsIsCountedAndStaysSoOnceItIsFolded() {
        write(new Tally().accepted(owner, 5).delivered(owner, 2).dead(owner, 1));
        write(new Tally().accepted(owner, 1).dead(owner, -1).removed(owner, 1).archived(owner, 2));
        Totals before = totals();
        assertThat(before.accepted()).isEqualTo(6);
        assertThat(before.delivered()).isEqualTo(2);
        assertThat(before.dead()).isZero();
        assertThat(before.died()).isEqualTo(1);
        assertThat(before.removed()).isEqualTo(1);
        assertThat(before.archived()).isEqualTo(2);
        assertThat(before.firstDelivered()).isNotNull().isEqualTo(before.lastDelivered());
        assertThat(sql.count("tally")).isZero();

        foldAll();

        assertThat(totals()).isEqualTo(before);
        assertThat(sql.count("tally", "incarnation = " + incarnation.id())).isEqualTo(1);

        write(new Tally().delivered(owner, 1));
        foldAll();
        assertThat(totals().firstDelivered()).isEqualTo(before.firstDelivered());
        assertThat(totals().lastDelivered()).isAfter(before.lastDelivered());
    }

    /** One row by its key, whatever number of counters changes. */
    @Test
    void aTransactionWritesOneRow() {
        Tally many = new Tally();
        IntStream.range(0, 1000).forEach(i -> many.accepted(new Xid(1, i), 1));
        mariaDb.database().inTransaction(handle -> {
            long before = handled(handle);
            many.write(handle, incarnation.id());
            // Each look writes what it shows to a temporary table of its own.
            assertThat(handled(handle) - before).isLessThan(20);
            return null;
        });
        assertThat(sql.count("tally_slot", "changes <> ''")).isEqualTo(1);
        assertThat(all()).hasSize(1000);
    }

    /** G8: as if nobody folded. What does not fit changes the counters themselves. */
    @Test
    @Tag("G8")
    void slotsAreBounded() {
        int transactions = 0;
        while (sql.count("tally") == 0) {
            Tally large = new Tally();
            IntStream.range(0, 1800).forEach(i -> large.accepted(new Xid(1, i), 1));
            write(large);
            transactions++;
            assertThat(transactions).isLessThanOrEqualTo(SLOTS + 1);
        }
        assertThat(sql.longOf("SELECT MAX(LENGTH(changes)) FROM tally_slot")).isLessThanOrEqualTo(TallySlots.BYTES);
        assertThat(sql.count("tally_slot")).isEqualTo(SLOTS);
        long each = transactions;
        assertThat(all().values()).hasSize(1800).allMatch(totals -> totals.accepted() == each);

        foldAll();
        assertThat(all().values()).hasSize(1800).allMatch(totals -> totals.accepted() == each);
    }

    @Test
    void aTransactionOfMoreThanASlotChangesTheCounters() {
        Tally larger = new Tally();
        IntStream.range(0, 2000).forEach(i -> larger.accepted(new Xid(1, i), 1));
        write(larger);
        assertThat(sql.count("tally")).isEqualTo(2000);
        assertThat(sql.count("tally_slot", "changes <> ''")).isZero();
    }

    @Test
    void aFoldWaitsForNoTransactionAndLosesNone() throws Exception {
        write(new Tally().accepted(owner, 1));
        long open = mariaDb.database().inTransaction(handle -> {
            long more = 0;
            do { // Until it has a slot besides the one that is to be folded.
                new Tally().accepted(owner, 10).write(handle, incarnation.id());
                more += 10;
            } while (filled(handle) < 2);
            Duration waited = sql.waitsForRows(() -> IntStream.range(0, 30).forEach(i -> fold.runOnce()));
            assertThat(waited).isLessThan(Duration.ofSeconds(1));
            return more;
        });
        foldAll();
        assertThat(totals().accepted()).isEqualTo(1 + open);
        assertThat(sql.longOf("SELECT SUM(accepted) FROM tally")).isEqualTo(1 + open);
    }

    @Test
    void aFoldThatFailsChangesNothing() {
        write(new Tally().accepted(owner, 1));
        foldAll();
        write(new Tally().accepted(owner, 2));
        sql.execute("CREATE TRIGGER refuse BEFORE UPDATE ON tally FOR EACH ROW SIGNAL SQLSTATE '45000'");
        await().untilAsserted(
                        () -> assertThatThrownBy(fold::runOnce).hasStackTraceContaining("Unhandled user-defined"));
        assertThat(totals().accepted()).isEqualTo(3);
        sql.execute("DROP TRIGGER refuse");
        foldAll();
        assertThat(totals().accepted()).isEqualTo(3);
    }

    /** Each transaction adds one to both owners. */
    @Test
    void whoReadsSeesEachTransactionOnceWhileOthersWriteAndFold() throws Exception {
        Xid another = new Xid(2, 2);
        AtomicBoolean stopping = new AtomicBoolean();
        AtomicLong written = new AtomicLong();
        Thread writer = new Thread(() -> {
            while (!stopping.get()) {
                write(new Tally().accepted(owner, 1).accepted(another, 1));
                written.incrementAndGet();
            }
        });
        Thread folder = new Thread(() -> {
            while (!stopping.get()) {
                fold.runOnce();
            }
        });
        Stream.of(writer, folder).forEach(Thread::start);
        try {
            long last = 0;
            while (last < 300 || sql.count("tally") < 2) {
                Map<Xid, Totals> seen = all();
                long accepted = seen.getOrDefault(owner, Totals.NONE).accepted();
                assertThat(seen.getOrDefault(another, Totals.NONE).accepted()).isEqualTo(accepted);
                assertThat(accepted).isGreaterThanOrEqualTo(last);
                last = accepted;
                assertThat(writer.isAlive() && folder.isAlive()).isTrue();
            }
        } finally {
            stopping.set(true);
            writer.join();
            folder.join();
        }
        long all = totals().accepted();
        assertThat(all).isEqualTo(written.get());
        foldAll();
        assertThat(sql.longOf("SELECT SUM(accepted) FROM tally")).isEqualTo(2 * all);
    }

    @Test
    void whileANodeOfAnOlderReleaseIsAliveNothingIsLeftInSlots() {
        write(new Tally().accepted(owner, 1));
        sql.execute(OLDER_NODE);

        fold.runOnce();
        write(new Tally().accepted(owner, 2));

        assertThat(sql.count("tally_slot")).isZero();
        assertThat(sql.longOf("SELECT SUM(accepted) FROM tally")).isEqualTo(3);
        assertThat(totals().accepted()).isEqualTo(3);
        fold.runOnce();
        assertThat(sql.count("tally_slot")).isZero();

        sql.execute("UPDATE incarnation SET ended = TRUE WHERE node = 'old'");
        fold.runOnce();
        assertThat(sql.count("tally_slot")).isEqualTo(SLOTS);
    }

    @Test
    void whatAForgottenIncarnationLeftIsAddedOnce() throws Exception {
        write(new Tally().accepted(owner, 7));
        sql.execute("DELETE FROM incarnation");
        List<TallyFold> nodes = List.of(nextNode(), nextNode());
        List<CompletableFuture<Void>> passes;
        try (Connection other = mariaDb.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            // Not the gaps between rows too, into which the nodes insert slots of their own.
            other.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            lock.execute("SELECT * FROM tally_slot FOR UPDATE");
            CompletableFuture<Void> first = CompletableFuture.runAsync(nodes.get(0)::runOnce);
            sql.awaitLockWait("SELECT changes FROM tally_slot");
            passes = List.of(first, CompletableFuture.runAsync(nodes.get(1)::runOnce));
            other.rollback();
        }
        passes.forEach(CompletableFuture::join);
        assertThat(sql.longOf("SELECT accepted FROM tally WHERE incarnation = 0"))
                .isEqualTo(7);
        assertThat(sql.count("tally_slot", "incarnation = " + incarnation.id())).isZero();
        assertThat(totals().accepted()).isEqualTo(7);
    }

    private static TallyFold nextNode() {
        Incarnation next = new Incarnation(mariaDb.database(), "next", Duration.ofMinutes(1));
        next.begin();
        return new TallyFold(mariaDb.database(), next);
    }

    /** It starts before the heartbeat does. */
    @Test
    void aNodeThatHasNotBegunFoldsNothing() {
        Incarnation next = new Incarnation(mariaDb.database(), "next", Duration.ofMinutes(1));
        assertThat(new TallyFold(mariaDb.database(), next).runOnce()).isFalse();
    }

    /** It has slots locked, for which transactions would wait with it. */
    @Test
    @Tag("G6")
    void aFoldThatFindsACounterLockedWaitsForTheNextSecond() throws Exception {
        write(new Tally().accepted(owner, 1));
        foldAll();
        write(new Tally().accepted(owner, 2));
        try (Connection other = mariaDb.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("SELECT * FROM tally FOR UPDATE");
            await().until(() -> mariaDb.database()
                    .withHandle(handle -> new TallySlots().work(handle, incarnation.id()))
                    .isFilled());
            assertThat(sql.waitsForRows(fold::runOnce)).isLessThan(Duration.ofSeconds(1));
            other.rollback();
        }
        foldAll();
        assertThat(totals().accepted()).isEqualTo(3);
    }

    @Test
    void anOrderlyStopLeavesNothingInSlots() throws Exception {
        write(new Tally().accepted(owner, 3));
        incarnation.end();
        sql.execute("DELETE FROM incarnation");
        fold.stop();
        assertThat(sql.count("tally_slot")).isZero();
        assertThat(sql.longOf("SELECT SUM(accepted) FROM tally")).isEqualTo(3);
    }

    @Test
    void whatIsLeftOfAnOwnerThatIsRemovedGoesToo() {
        Xid another = new Xid(2, 2);
        write(new Tally().accepted(owner, 3).accepted(another, 4));
        write(new Tally().accepted(another, 5));
        mariaDb.database().inTransaction(handle -> {
            store.forget(handle, owner);
            return null;
        });
        foldAll();
        assertThat(sql.count("tally", "accepted = 3")).isZero();
        assertThat(all()).containsOnlyKeys(another);
        assertThat(all().getOrDefault(another, Totals.NONE).accepted()).isEqualTo(9);
    }

    /** All intake waits for the removal of a channel. */
    @Test
    @Tag("G6")
    void whoeverRemovesAnOwnerWaitsForNoSlotOfOthers() throws Exception {
        write(new Tally().accepted(new Xid(2, 2), 1));
        try (Connection other = mariaDb.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("SELECT * FROM tally_slot WHERE changes <> '' FOR UPDATE");
            mariaDb.database().inTransaction(Database.LockWait.NEVER, handle -> {
                store.forget(handle, owner);
                return null;
            });
            other.rollback();
        }
        assertThat(all()).hasSize(1);
    }

    private static int filled(Handle handle) {
        return handle.createQuery("SELECT COUNT(*) FROM tally_slot WHERE changes <> ''")
                .mapTo(Integer.class)
                .one();
    }

    private void foldAll() {
        await().until(() -> {
            fold.runOnce();
            return sql.count("tally_slot", "changes <> ''") == 0;
        });
    }

    private void write(Tally tally) {
        mariaDb.database().inTransaction(handle -> {
            tally.write(handle, incarnation.id());
            return null;
        });
    }

    private Totals totals() {
        return mariaDb.database().withHandle(handle -> store.of(handle, owner));
    }

    private Map<Xid, Totals> all() {
        return mariaDb.database().withHandle(store::all);
    }

    private static long handled(Handle handle) {
        return handle.createQuery("""
                        SELECT SUM(variable_value) FROM information_schema.session_status
                        WHERE variable_name IN ('Handler_read_key', 'Handler_read_next', 'Handler_read_rnd_next',
                          'Handler_write', 'Handler_update')
                        """).mapTo(Long.class).one();
    }
}
