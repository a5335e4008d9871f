package org.webhookbroker.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.delivery.LeasedJob;
import org.webhookbroker.message.Admission;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.message.Receipt;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.QueueEverything;
import org.webhookbroker.testing.Registrar;

/** Each due message becomes an ordinary one exactly once, whoever promotes it and whatever goes wrong meanwhile. */
class PromoterTest {
    private static final Instant FAR = Instant.parse("2035-01-01T00:00:00Z");
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final List<ScheduleNode> nodes = new ArrayList<>();
    private Database database;
    private Registrar registrar;
    private Xid channel;

    @BeforeEach
    void register() {
        database = mariaDb.database();
        registrar = new Registrar(database);
        registrar.producer("p");
        channel = registrar.channel("c");
        registrar.push(channel, "k", "http://127.0.0.1/");
    }

    @AfterEach
    void close() {
        nodes.forEach(ScheduleNode::close);
    }

    private ScheduleNode node(Admission admission) {
        ScheduleNode node = new ScheduleNode(database, admission);
        nodes.add(node);
        return node;
    }

    private ScheduleNode node() {
        return node(new QueueEverything());
    }

    @Test
    void aPassPromotesWhatIsDueAndSleepsUntilTheNext() throws Exception {
        ScheduleNode node = node().accepting();
        accept(node, "now", "soon", "later");
        makeDue("now");
        database.withHandle(handle -> handle.execute("""
                UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6) + INTERVAL 500000 MICROSECOND
                WHERE id = (SELECT id FROM scheduled_message WHERE public_id = 'soon')
                """));

        assertThat(node.promoter.runOnce()).as("there may be more").isTrue();
        assertThat(node.promoter.runOnce()).isFalse();
        assertThat(node.promoter.pause(Promoter.LOOK)).isBetween(Duration.ZERO, Duration.ofMillis(500));

        assertThat(messages()).containsExactly("now");
        assertThat(longOf("SELECT COUNT(*) FROM job")).isEqualTo(1);
        assertThat(longOf("SELECT COUNT(*) FROM scheduled_message WHERE status = 102 AND dispatched_at IS NOT NULL"))
                .isEqualTo(1);
        assertThat(longOf("SELECT COUNT(*) FROM scheduled_due")).isEqualTo(2);
        database.withHandle(handle -> handle.execute("DELETE FROM scheduled_due"));
        assertThat(node.promoter.runOnce()).isFalse();
        assertThat(node.promoter.pause(Promoter.LOOK)).isEqualTo(Promoter.LOOK);
    }

    /** While it is awake everything wakes it, as its look may have missed it; then only what is earlier than what it awaits. */
    @Test
    void whatIsDueEarlierWakesTheLoop() throws Exception {
        ScheduleNode node = node().accepting();
        node.promoter.due(FAR);
        assertThat(node.wakeUps).hasValue(1);

        accept(node, "far");
        node.promoter.runOnce();
        node.promoter.due(FAR.plusSeconds(1));
        node.promoter.due(FAR);
        assertThat(node.wakeUps).hasValue(1);
        node.promoter.due(FAR.minusSeconds(1));
        assertThat(node.wakeUps).hasValue(2);
    }

    /** The whole of it, without moving clocks: accepted a moment ahead, and delivered by the loop of the same node. */
    @Test
    void aMessageOfTheNextMomentIsPromotedByItself() {
        ScheduleNode node = node().promoting();
        accept(node, "far");
        node.submit("near", Instant.now().plusMillis(300).truncatedTo(java.time.temporal.ChronoUnit.MILLIS))
                .join();

        await().until(() -> messages().equals(List.of("near")));
        assertThat(longOf("SELECT COUNT(*) FROM message, scheduled_message AS scheduled"
                        + " WHERE scheduled.public_id = 'near' AND scheduled.dispatched_at < scheduled.due_at"))
                .as("nothing is delivered before its time")
                .isZero();
    }

    @Test
    @Tag("G4")
    void manyNodesPromoteEachMessageOnce() {
        ScheduleNode first = node().promoting();
        for (int i = 0; i < 3; i++) {
            node().promoting();
        }
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            receipts.add(first.submit("s" + i, FAR));
        }
        receipts.forEach(receipt -> assertThat(receipt.join()).isEqualTo(Receipt.ACCEPTED));

        makeAllDue();

        await().atMost(A_MINUTE).until(() -> longOf("SELECT COUNT(*) FROM scheduled_due") == 0);
        assertThat(longOf("SELECT COUNT(*) FROM message")).isEqualTo(3000);
        assertThat(longOf("SELECT COUNT(*) FROM job")).isEqualTo(3000);
        assertBooks(3000, 3000, 0, 0);
        assertThat(nodes.stream().flatMap(node -> node.schedule.loops().stream()))
                .allMatch(loop -> loop.failure() == null);
    }

    @Test
    @Tag("G3")
    void theConsumersAreThoseOfThePromotion() throws Exception {
        ScheduleNode node = node().accepting();
        accept(node, "s");
        registrar.pull(channel, "new");
        makeAllDue();

        node.promoter.runOnce();

        assertThat(longOf("SELECT COUNT(*) FROM job")).isEqualTo(2);
        assertThat(longOf("SELECT job_count FROM message")).isEqualTo(2);
    }

    /** Section 0: no second delivery, but an end, and a number that says so. */
    @Test
    @Tag("G2")
    void anIdThatAnOrdinaryMessageHasByThenEndsWithoutASecondDelivery() throws Exception {
        ScheduleNode node = node().accepting();
        accept(node, "s1", "s2");
        assertThat(node.broadcast("s1").join()).isEqualTo(Receipt.ACCEPTED);
        makeAllDue();

        node.promoter.runOnce();

        assertThat(messages()).containsExactlyInAnyOrder("s1", "s2");
        assertThat(longOf("SELECT COUNT(*) FROM scheduled_message WHERE status = 102"))
                .isEqualTo(2);
        assertBooks(2, 2, 1, 0);
        assertThat(longOf("SELECT SUM(duplicates) FROM scheduled_tally")).isEqualTo(1);
    }

    /** The ordinary message commits after the promotion has looked and before it inserts. */
    @Test
    void anIdThatIsTakenWhileItIsPromotedEndsTheSameWay() throws Exception {
        ScheduleNode other = node().accepting();
        AtomicInteger calls = new AtomicInteger();
        ScheduleNode node = node(new Full() {
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
        assertThat(longOf("SELECT SUM(duplicates) FROM scheduled_tally")).isEqualTo(1);
        assertBooks(2, 2, 1, 0);
    }

    @Test
    void aMessageThatCanNotBePromotedHoldsUpNoOther() throws Exception {
        ScheduleNode node = node().accepting();
        accept(node, "s1", "bad", "s2");
        database.withHandle(
                handle -> handle.execute("UPDATE scheduled_message SET headers = '{' WHERE public_id = 'bad'"));
        makeAllDue();

        node.promoter.runOnce();

        assertThat(messages()).containsExactlyInAnyOrder("s1", "s2");
        assertThat(longOf("SELECT COUNT(*) FROM scheduled_due WHERE due_at > UTC_TIMESTAMP(6) + INTERVAL 50 SECOND"))
                .as("it is tried again later")
                .isEqualTo(1);
        assertBooks(3, 2, 0, 0);
        database.withHandle(handle -> handle.execute("UPDATE scheduled_message SET headers = ''"));
        makeAllDue();
        node.promoter.runOnce();
        assertThat(messages()).contains("bad");
    }

    /** Fails after the scheduled rows are changed and before the message is written: all of it is undone. */
    @Test
    @Tag("G1")
    void aPromotionThatFailsHalfWayChangesNothing() throws Exception {
        AtomicInteger failures = new AtomicInteger();
        ScheduleNode node = node(new Full() {
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
        assertThat(longOf("SELECT COUNT(*) FROM scheduled_message WHERE status = 101 AND dispatched_at IS NULL"))
                .isEqualTo(2);
        assertThat(longOf("SELECT COUNT(*) FROM scheduled_due")).isEqualTo(2);
        assertBooks(2, 0, 0, 0);
    }

    @Test
    @Tag("G9")
    void aFailureOfTheDatabaseIsNotTakenForTheMessages() throws Exception {
        ScheduleNode node = node().accepting();
        accept(node, "s1");
        makeAllDue();
        database.withHandle(handle -> handle.execute("RENAME TABLE job TO elsewhere"));
        try {
            assertThatThrownBy(() -> node.promoter.runOnce()).hasMessageContaining("job");
        } finally {
            database.withHandle(handle -> handle.execute("RENAME TABLE elsewhere TO job"));
        }
        assertThat(longOf("SELECT COUNT(*) FROM scheduled_due WHERE due_at <= UTC_TIMESTAMP(6)"))
                .isEqualTo(1);
        node.promoter.runOnce();
        assertThat(messages()).containsExactly("s1");
    }

    @Test
    @Tag("G1")
    @Tag("G9")
    void aKilledDatabaseNeitherLosesNorDoublesAnything() {
        ScheduleNode one = node().promoting();
        node().promoting();
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            receipts.add(one.submit("s" + i, FAR));
        }
        receipts.forEach(CompletableFuture::join);
        makeAllDue();
        await().pollInterval(Duration.ofMillis(5)).until(() -> longOf("SELECT COUNT(*) FROM message") > 0);

        mariaDb.kill();

        await().atMost(A_MINUTE).ignoreExceptions().until(() -> longOf("SELECT COUNT(*) FROM scheduled_due") == 0);
        assertThat(longOf("SELECT COUNT(*) FROM message")).isEqualTo(3000);
        assertThat(longOf("SELECT COUNT(*) FROM job")).isEqualTo(3000);
        assertBooks(3000, 3000, 0, 0);
    }

    /** G8: a batch is bounded in bytes before its payloads are read. */
    @Test
    @Tag("G8")
    void aBatchIsBoundedInBytesAndInCount() throws Exception {
        ScheduleNode node = node().accepting();
        for (int i = 0; i < 3; i++) {
            assertThat(node.submit("large" + i, FAR, 3 << 20).join()).isEqualTo(Receipt.ACCEPTED);
        }
        makeAllDue();
        assertThat(lockable()).isEqualTo(1);
        while (node.promoter.runOnce()) {
            assertThat(messages()).isNotEmpty();
        }
        assertThat(messages()).hasSize(3);
        List<CompletableFuture<Receipt>> small = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            small.add(node.submit("small" + i, FAR));
        }
        small.forEach(CompletableFuture::join);
        makeAllDue();
        assertThat(lockable()).isEqualTo(256);
    }

    /** Either wins wholly: cancelled and never delivered, or dispatched and delivered once. */
    @Test
    @Tag("G2")
    void cancelsRacePromotions() throws Exception {
        List<ScheduleNode> promoting = List.of(node().accepting(), node().accepting());
        ScheduleNode node = promoting.get(0);
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            receipts.add(node.submit("s" + i, FAR));
        }
        receipts.forEach(CompletableFuture::join);
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
        assertThat(longOf("SELECT COUNT(*) FROM message JOIN scheduled_message USING (channel_id, public_id)"
                        + " WHERE status <> 102"))
                .isZero();
        assertBooks(2000, 2000 - cancelled.size(), 0, cancelled.size());
    }

    private void promoteAll(Promoter promoter) {
        while (longOf("SELECT COUNT(*) FROM scheduled_due") > 0) {
            promoter.runOnce();
        }
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
        CompletableFuture<ScheduleState> cancelled;
        CompletableFuture<ScheduleState> rescheduled;
        try (Handle promotion = mariaDb.jdbi().open()) {
            promotion.begin();
            assertThat(store.lockDue(promotion)).hasSize(2);
            store.dispatch(promotion, ids);
            cancelled =
                    CompletableFuture.supplyAsync(() -> node.schedule.changes().cancel(channel, ids.get(0)));
            rescheduled =
                    CompletableFuture.supplyAsync(() -> node.schedule.changes().reschedule(ids.get(1), FAR));
            await().until(() ->
                    longOf("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'") == 2);
            promotion.commit();
        }
        assertThat(cancelled.join()).isEqualTo(ScheduleState.DISPATCHED);
        assertThat(rescheduled.join()).isEqualTo(ScheduleState.DISPATCHED);
        assertBooks(2, 0, 0, 0);
    }

    @Test
    void anEarlierTimeIsPromotedAndALaterOneIsNot() throws Exception {
        ScheduleNode node = node().accepting();
        accept(node, "s1", "s2");
        makeDue("s2");
        node.schedule.changes().reschedule(idOf("s1"), Instant.now().minusSeconds(1));
        node.schedule.changes().reschedule(idOf("s2"), FAR.plusSeconds(1));

        node.promoter.runOnce();

        assertThat(messages()).containsExactly("s1");
        assertThat(node.schedule.changes().reschedule(idOf("s1"), FAR)).isEqualTo(ScheduleState.DISPATCHED);
    }

    /** Flat with millions of dispatched ones: what promotion and the counts look at does not hold them. */
    @Test
    void theQueriesAreServedByTheirIndexes() {
        assertThat(key("SELECT id, size FROM scheduled_due FORCE INDEX (scheduled_due_at)"
                        + " WHERE due_at <= UTC_TIMESTAMP(6) ORDER BY due_at LIMIT 256 FOR UPDATE SKIP LOCKED"))
                .isEqualTo("scheduled_due_at");
        assertThat(key("SELECT id FROM scheduled_message FORCE INDEX (scheduled_message_status)"
                        + " WHERE channel_id = 'x' AND status = 101 AND id < 'y' ORDER BY id DESC LIMIT 25"))
                .isEqualTo("scheduled_message_status");
    }

    private String key(String sql) {
        return database.withHandle(handle -> handle.createQuery("EXPLAIN " + sql)
                .map((row, context) -> {
                    assertThat(String.valueOf(row.getString("Extra"))).doesNotContain("filesort");
                    return row.getString("key");
                })
                .one());
    }

    private int lockable() {
        return database.inTransaction(handle -> new DueStore().lockDue(handle).size());
    }

    private void accept(ScheduleNode node, String... ids) {
        for (String id : ids) {
            assertThat(node.submit(id, FAR).join()).isEqualTo(Receipt.ACCEPTED);
        }
    }

    private void makeDue(String id) {
        database.withHandle(handle -> handle.execute("""
                UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6)
                WHERE id = (SELECT id FROM scheduled_message WHERE public_id = ?)
                """, id));
    }

    private void makeAllDue() {
        database.withHandle(handle -> handle.execute("UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6)"));
    }

    private Xid idOf(String publicId) {
        return database.withHandle(
                handle -> handle.createQuery("SELECT id FROM scheduled_message WHERE public_id = :publicId")
                        .bind("publicId", publicId)
                        .mapTo(Xid.class)
                        .one());
    }

    private List<String> messages() {
        return database.withHandle(handle -> handle.createQuery("SELECT public_id FROM message")
                .mapTo(String.class)
                .list());
    }

    /** Counters, records and what waits agree (G2). */
    private void assertBooks(long accepted, long dispatched, long duplicates, long cancelled) {
        ScheduleTallyStore.Totals totals =
                new ScheduledReads(database).standing(channel).totals();
        if (dispatched > 0 || cancelled > 0) {
            assertThat(totals).isEqualTo(new ScheduleTallyStore.Totals(accepted, dispatched, duplicates, cancelled));
            assertThat(longOf("SELECT COUNT(*) FROM scheduled_due")).isEqualTo(totals.waiting());
        }
        assertThat(totals.accepted()).isEqualTo(accepted);
        assertThat(longOf("SELECT COALESCE(SUM(accepted), 0) FROM tally JOIN channel ON channel.id = owner_id"))
                .isEqualTo(longOf("SELECT COUNT(*) FROM message"));
    }

    private long longOf(String sql) {
        return database.withHandle(
                handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    /** No room in memory. */
    private abstract static class Full implements Admission {
        @Override
        public void cancel(Consumer consumer, Content content) {}

        @Override
        public void admit(Consumer consumer, LeasedJob job, Message message) {}

        @Override
        public void queued(Consumer consumer, int priority) {}

        @Override
        public void abandon(LeasedJob job) {}
    }
}
