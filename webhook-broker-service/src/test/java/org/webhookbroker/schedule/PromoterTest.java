package org.webhookbroker.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.statement.Query;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.BroadcastResult;
import org.webhookbroker.testing.MariaDbExtension;

/** Each due message becomes an ordinary one exactly once, whoever promotes it and whatever goes wrong meanwhile. */
@Tag("slow")
final class PromoterTest extends PromoterFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    @Test
    void aPassPromotesWhatIsDueAndSleepsUntilTheNext() throws Exception {
        ScheduleNode node = node().accepting();
        accept(node, "now", "soon", "later");
        makeDue("now");
        sql.execute("""
                UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6) + INTERVAL 500000 MICROSECOND
                WHERE id = (SELECT id FROM scheduled_message WHERE public_id = 'soon')
                """);

        assertThat(node.promoter.runOnce()).as("there may be more").isTrue();
        assertThat(node.promoter.runOnce()).isFalse();
        assertThat(node.promoter.pause(Promoter.LOOK)).isBetween(Duration.ZERO, Duration.ofMillis(500));

        assertThat(messages()).containsExactly("now");
        assertThat(sql.count("job")).isEqualTo(1);
        assertThat(sql.count("scheduled_message", "status = 102 AND dispatched_at IS NOT NULL"))
                .isEqualTo(1);
        assertThat(sql.count("scheduled_due")).isEqualTo(2);
        sql.execute("DELETE FROM scheduled_due");
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
        assertThat(sql.longOf("SELECT COUNT(*) FROM message, scheduled_message AS scheduled"
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
        List<CompletableFuture<BroadcastResult>> results = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            results.add(first.submit("s" + i, FAR));
        }
        results.forEach(result -> assertThat(result.join()).isEqualTo(BroadcastResult.ACCEPTED));

        makeAllDue();

        await().until(() -> sql.count("scheduled_due") == 0);
        assertThat(sql.count("message")).isEqualTo(3000);
        assertThat(sql.count("job")).isEqualTo(3000);
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

        assertThat(sql.count("job")).isEqualTo(2);
        assertThat(sql.longOf("SELECT job_count FROM message")).isEqualTo(2);
    }

    /** G8: a batch is bounded in bytes before its payloads are read. */
    @Test
    @Tag("G8")
    void aBatchIsBoundedInBytesAndInCount() throws Exception {
        ScheduleNode node = node().accepting();
        for (int i = 0; i < 3; i++) {
            assertThat(node.submit("large" + i, FAR, 3 << 20).join()).isEqualTo(BroadcastResult.ACCEPTED);
        }
        makeAllDue();
        assertThat(lockable()).isEqualTo(1);
        while (node.promoter.runOnce()) {
            assertThat(messages()).isNotEmpty();
        }
        assertThat(messages()).hasSize(3);
        List<CompletableFuture<BroadcastResult>> small = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            small.add(node.submit("small" + i, FAR));
        }
        small.forEach(CompletableFuture::join);
        makeAllDue();
        assertThat(lockable()).isEqualTo(256);
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
        assertThat(key(DueStore.LOCK_DUE, query -> query.bind("batch", 256))).isEqualTo("scheduled_due_at");
        assertThat(key(
                        ScheduledReads.IN_STATE,
                        query -> query.bind("channel", channel)
                                .bind("status", 101)
                                .define("page", "id < 'y' ORDER BY id DESC LIMIT 25")))
                .isEqualTo("scheduled_message_status");
    }

    private String key(String sql, UnaryOperator<Query> values) {
        return database.withHandle(handle -> values.apply(handle.createQuery("EXPLAIN " + sql))
                .map((row, context) -> {
                    assertThat(String.valueOf(row.getString("Extra"))).doesNotContain("filesort");
                    return row.getString("key");
                })
                .one());
    }

    /** Or 256 due messages of a channel with a thousand consumers would be one transaction. */
    @Test
    @Tag("G8")
    void aBatchIsBoundedInJobsYetHasOneMessageAtLeast() throws Exception {
        ScheduleNode node = node().accepting();
        for (String id : List.of("m1", "m2", "m3")) {
            accept(node, id);
            makeDue(id);
        }
        assertThat(lockable(4_000)).isEqualTo(2);
        assertThat(lockable(1_000_000)).isEqualTo(1);
    }

    private int lockable() {
        return lockable(1);
    }

    private int lockable(int jobsOfEach) {
        return database.inTransaction(
                handle -> new DueStore().lockDue(handle, channel -> jobsOfEach).size());
    }

    private void makeDue(String id) {
        sql.execute("""
                UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6)
                WHERE id = (SELECT id FROM scheduled_message WHERE public_id = ?)
                """, id);
    }

    private Xid idOf(String publicId) {
        return database.withHandle(
                handle -> handle.createQuery("SELECT id FROM scheduled_message WHERE public_id = :publicId")
                        .bind("publicId", publicId)
                        .mapTo(Xid.class)
                        .one());
    }
}
