package org.webhookbroker.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.BroadcastResult;
import org.webhookbroker.message.Content;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.QueueEverything;

/** Promotions that meet a taken id, a change, a failure or the end of the database: all of it happens, or nothing. */
@Tag("slow")
final class PromotionFaultTest extends PromoterFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    /** Contract 0: no second delivery, but an end, and a number that says so. */
    @Test
    @Tag("G2")
    void anIdThatAnOrdinaryMessageHasByThenEndsWithoutASecondDelivery() throws Exception {
        ScheduleNode node = node().accepting();
        accept(node, "s1", "s2");
        assertThat(node.broadcast("s1").join()).isEqualTo(BroadcastResult.ACCEPTED);
        makeAllDue();

        node.promoter.runOnce();

        assertThat(messages()).containsExactlyInAnyOrder("s1", "s2");
        assertThat(sql.count("scheduled_message", "status = 102")).isEqualTo(2);
        assertBooks(2, 2, 1, 0);
        assertThat(sql.longOf("SELECT SUM(duplicates) FROM scheduled_tally")).isEqualTo(1);
    }

    /** The ordinary message commits after the promotion has looked and before it inserts. */
    @Test
    void anIdThatIsTakenWhileItIsPromotedEndsTheSameWay() throws Exception {
        ScheduleNode other = node().accepting();
        AtomicInteger calls = new AtomicInteger();
        ScheduleNode node = node(new QueueEverything() {
            @Override
            public boolean reserve(Consumer consumer, Content content) {
                if (calls.getAndIncrement() == 0) {
                    other.broadcast("s1").join();
                }
                return false;
            }
        });
        accept(other, "s1", "s2");
        makeAllDue();

        node.promoter.runOnce();

        assertThat(messages()).containsExactlyInAnyOrder("s1", "s2");
        assertThat(sql.longOf("SELECT SUM(duplicates) FROM scheduled_tally")).isEqualTo(1);
        assertBooks(2, 2, 1, 0);
    }

    @Test
    void aMessageThatCanNotBePromotedHoldsUpNoOther() throws Exception {
        ScheduleNode node = node().accepting();
        accept(node, "s1", "bad", "s2");
        sql.execute("UPDATE scheduled_message SET headers = '{' WHERE public_id = 'bad'");
        makeAllDue();

        node.promoter.runOnce();

        assertThat(messages()).containsExactlyInAnyOrder("s1", "s2");
        assertThat(sql.count("scheduled_due", "due_at > UTC_TIMESTAMP(6) + INTERVAL 50 SECOND"))
                .as("it is tried again later")
                .isEqualTo(1);
        assertBooks(3, 2, 0, 0);
        sql.execute("UPDATE scheduled_message SET headers = ''");
        makeAllDue();
        node.promoter.runOnce();
        assertThat(messages()).contains("bad");
    }

    /** Fails after the scheduled rows are changed and before the message is written: all of it is undone. */
    @Test
    @Tag("G1")
    void aPromotionThatFailsHalfWayChangesNothing() throws Exception {
        AtomicInteger failures = new AtomicInteger();
        ScheduleNode node = node(new QueueEverything() {
                    @Override
                    public boolean reserve(Consumer consumer, Content content) {
                        failures.incrementAndGet();
                        throw new IllegalStateException("broken on purpose");
                    }
                })
                .accepting();
        accept(node, "s1", "s2");
        makeAllDue();

        node.promoter.runOnce();

        assertThat(failures).hasValueGreaterThanOrEqualTo(2);
        assertThat(messages()).isEmpty();
        assertThat(sql.count("scheduled_message", "status = 101 AND dispatched_at IS NULL"))
                .isEqualTo(2);
        assertThat(sql.count("scheduled_due")).isEqualTo(2);
        assertBooks(2, 0, 0, 0);
    }

    @Test
    @Tag("G9")
    void aFailureOfTheDatabaseIsNotTakenForTheMessages() throws Exception {
        ScheduleNode node = node().accepting();
        accept(node, "s1");
        makeAllDue();
        sql.execute("RENAME TABLE job TO elsewhere");
        try {
            assertThatThrownBy(() -> node.promoter.runOnce()).hasMessageContaining("job");
        } finally {
            sql.execute("RENAME TABLE elsewhere TO job");
        }
        assertThat(sql.count("scheduled_due", "due_at <= UTC_TIMESTAMP(6)")).isEqualTo(1);
        node.promoter.runOnce();
        assertThat(messages()).containsExactly("s1");
    }

    @Test
    @Tag("G1")
    @Tag("G9")
    void aKilledDatabaseNeitherLosesNorDoublesAnything() {
        ScheduleNode one = node().promoting();
        node().promoting();
        List<CompletableFuture<BroadcastResult>> results = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            results.add(one.submit("s" + i, FAR));
        }
        results.forEach(CompletableFuture::join);
        makeAllDue();
        await().pollInterval(Duration.ofMillis(5)).until(() -> sql.count("message") > 0);

        mariaDb.kill();

        await().ignoreExceptions().until(() -> sql.count("scheduled_due") == 0);
        assertThat(sql.count("message")).isEqualTo(3000);
        assertThat(sql.count("job")).isEqualTo(3000);
        assertBooks(3000, 3000, 0, 0);
    }

    /** Either wins wholly: cancelled and never delivered, or dispatched and delivered once. */
    @Test
    @Tag("G2")
    void cancelsRacePromotions() throws Exception {
        List<ScheduleNode> promoting = List.of(node().accepting(), node().accepting());
        ScheduleNode node = promoting.get(0);
        List<CompletableFuture<BroadcastResult>> results = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            results.add(node.submit("s" + i, FAR));
        }
        results.forEach(CompletableFuture::join);
        List<Xid> ids = database.withHandle(handle -> handle.createQuery("SELECT id FROM scheduled_due")
                .mapTo(Xid.class)
                .list());
        Collections.shuffle(ids, new Random(1));
        makeAllDue();
        List<Xid> cancelled = new ArrayList<>(ids.subList(0, 1));
        assertThat(node.schedule.changes().cancel(channel, ids.get(0))).isEqualTo(ScheduleState.CANCELLED);
        List<CompletableFuture<Void>> promotions = promoting.stream()
                .map(each -> CompletableFuture.runAsync(() -> promoteAll(each.promoter)))
                .toList();
        for (Xid id : ids.subList(1, ids.size())) {
            if (node.schedule.changes().cancel(channel, id) == ScheduleState.CANCELLED) {
                cancelled.add(id);
            }
        }
        promotions.forEach(CompletableFuture::join);

        assertThat(cancelled).as("promotions take part").hasSizeLessThan(2000);
        List<Xid> recorded =
                database.withHandle(handle -> handle.createQuery("SELECT id FROM scheduled_message WHERE status = 103")
                        .mapTo(Xid.class)
                        .list());
        assertThat(recorded).containsExactlyInAnyOrderElementsOf(cancelled);
        assertThat(messages()).hasSize(2000 - cancelled.size());
        assertThat(sql.longOf("SELECT COUNT(*) FROM message JOIN scheduled_message USING (channel_id, public_id)"
                        + " WHERE status <> 102"))
                .isZero();
        assertBooks(2000, 2000 - cancelled.size(), 0, cancelled.size());
    }

    /** Holds the row as a promotion does; the change waits for it, and sees how it ended. */
    @Test
    void aChangeDuringAPromotionWaitsAndSeesItsEnd() throws Exception {
        ScheduleNode node = node().accepting();
        accept(node, "s1", "s2");
        makeAllDue();
        List<Xid> ids =
                database.withHandle(handle -> handle.createQuery("SELECT id FROM scheduled_message ORDER BY public_id")
                        .mapTo(Xid.class)
                        .list());
        DueStore store = new DueStore();
        // The common pool has one thread on two cores, also for CompletableFuture since JDK 25.
        Executor threads = task -> new Thread(task).start();
        CompletableFuture<ScheduleState> cancelled;
        CompletableFuture<ScheduleState> rescheduled;
        try (Handle promotion = mariaDb.jdbi().open()) {
            promotion.begin();
            assertThat(store.lockDue(promotion, any -> 1)).hasSize(2);
            store.dispatch(promotion, store.read(promotion, ids));
            cancelled =
                    CompletableFuture.supplyAsync(() -> node.schedule.changes().cancel(channel, ids.get(0)), threads);
            rescheduled =
                    CompletableFuture.supplyAsync(() -> node.schedule.changes().reschedule(ids.get(1), FAR), threads);
            await().until(() -> sql.count("information_schema.innodb_trx", "trx_state = 'LOCK WAIT'") == 2);
            promotion.commit();
        }
        assertThat(cancelled.join()).isEqualTo(ScheduleState.DISPATCHED);
        assertThat(rescheduled.join()).isEqualTo(ScheduleState.DISPATCHED);
        assertBooks(2, 0, 0, 0);
    }

    private void promoteAll(Promoter promoter) {
        while (sql.count("scheduled_due") > 0) {
            promoter.runOnce();
        }
    }
}
