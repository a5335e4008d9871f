package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;

/** Records of scheduled messages leave the tables some time after they ended, and the counters know. */
@Tag("G2")
class EndedSchedulesTest extends PruneFixture {
    private static final int SCHEDULED = 101;
    private static final int DISPATCHED = 102;
    private static final int CANCELLED = 103;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private int last;

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    @Test
    void onlyWhatEndedLongAgoIsPruned() {
        Instant recently = now.minus(Duration.ofDays(29));
        record("waits", SCHEDULED, null);
        record("dispatched long ago", DISPATCHED, longAgo);
        record("dispatched", DISPATCHED, recently);
        record("cancelled long ago", CANCELLED, longAgo);
        record("cancelled long ago too", CANCELLED, longAgo);
        record("cancelled", CANCELLED, recently);
        sql.execute(
                "INSERT INTO scheduled_tally (channel_id, slot, accepted, dispatched, duplicates, cancelled)"
                        + " VALUES (?, 3, 6, 2, 0, 3)",
                channel);

        PruneRun.Progress progress = prune();

        assertThat(progress.schedules()).isEqualTo(3);
        assertThat(records()).containsExactly("cancelled", "dispatched", "waits");
        assertThat(sql.textOf("""
                SELECT CONCAT_WS(' ', SUM(accepted), SUM(dispatched), SUM(cancelled), SUM(pruned_dispatched),
                  SUM(pruned_cancelled)) FROM scheduled_tally
                """)).isEqualTo("6 2 3 1 2");
        assertThat(prune().schedules()).isZero();
    }

    @Test
    void manyArePrunedInSmallTransactions() {
        settings.batchSize = 10;
        for (int i = 0; i < 95; i++) {
            record("s" + i, i % 2 == 0 ? DISPATCHED : CANCELLED, longAgo.minusSeconds(i));
        }
        old.message(channel, producer, "m", "x", delivered());

        PruneRun.Progress progress = prune();

        assertThat(progress.schedules()).isEqualTo(95);
        assertThat(progress.deleted()).isEqualTo(1);
        assertThat(records()).isEmpty();
        assertThat(sql.longOf("SELECT pruned_dispatched FROM scheduled_tally")).isEqualTo(48);
        assertThat(sql.longOf("SELECT pruned_cancelled FROM scheduled_tally")).isEqualTo(47);
    }

    /** They end without a word, and with their payload. */
    @Test
    void whatNodesOfAnEarlierVersionEndedGoesToo() {
        settings.batchSize = 10;
        for (int i = 0; i < 15; i++) {
            record("dispatched long ago " + i, DISPATCHED, longAgo);
        }
        record("cancelled long ago", CANCELLED, longAgo);
        record("dispatched", DISPATCHED, now.minus(Duration.ofDays(29)));
        record("waits", SCHEDULED, null);
        sql.execute("UPDATE scheduled_message SET ended_at = NULL, payload = 'x', headers = '{}'");

        PruneRun.Progress progress = prune();

        assertThat(progress.schedules()).isEqualTo(16);
        assertThat(records()).containsExactly("dispatched", "waits");
        assertThat(
                        sql.count(
                                "scheduled_message",
                                "public_id = 'dispatched' AND payload = '' AND headers = '' AND made_message AND ended_at = dispatched_at"))
                .isEqualTo(1);
        assertThat(sql.count("scheduled_message", "public_id = 'waits' AND payload = 'x' AND ended_at IS NULL"))
                .isEqualTo(1);
        assertThat(sql.longOf("SELECT SUM(pruned_dispatched) FROM scheduled_tally"))
                .isEqualTo(15);
        assertThat(sql.longOf("SELECT SUM(pruned_cancelled) FROM scheduled_tally"))
                .isEqualTo(1);
    }

    /** Those that wait are read in pages, since millions may wait. */
    @Test
    void itGoesBehindAllThatWait() {
        record("waits", SCHEDULED, null);
        sql.execute("""
                INSERT INTO scheduled_message (id, channel_id, producer_id, public_id, content_type, priority, headers, payload, due_at, status)
                SELECT CONCAT(REPEAT(CHAR(0), 8), UNHEX(LPAD(HEX(seq), 8, '0'))), channel_id, producer_id, seq, 'x/y', 0, '', '', due_at, status
                FROM scheduled_message, seq_10_to_4500
                """);
        last = 5000;
        record("dispatched long ago", DISPATCHED, longAgo);
        sql.execute("UPDATE scheduled_message SET ended_at = NULL");

        assertThat(prune().schedules()).isEqualTo(1);

        assertThat(sql.count("scheduled_message")).isEqualTo(4492);
    }

    @Test
    void aRunWhoseTurnIsOverFillsInNoEnd() {
        record("dispatched long ago", DISPATCHED, longAgo);
        sql.execute("UPDATE scheduled_message SET ended_at = NULL");
        try (PruneRun run = pruner().begin(Auditing.TEST).orElseThrow()) {
            run.step();
            sql.execute("DELETE FROM prune_lease");

            assertThatThrownBy(run::step).isInstanceOf(RetentionException.class);
        }
        assertThat(sql.count("scheduled_message", "ended_at IS NULL")).isEqualTo(1);
    }

    private void record(String publicId, int status, Instant endedAt) {
        sql.execute(
                """
                INSERT INTO scheduled_message (id, channel_id, producer_id, public_id, content_type, priority, headers, payload,
                  due_at, status, dispatched_at, ended_at)
                VALUES (?, ?, ?, ?, 'x/y', 0, '', '', '2020-01-01', ?, ?, ?)
                """,
                new Xid(0, ++last),
                channel,
                producer,
                publicId,
                status,
                status == DISPATCHED ? endedAt : null,
                endedAt);
    }

    private List<String> records() {
        return database.withHandle(
                handle -> handle.createQuery("SELECT public_id FROM scheduled_message ORDER BY public_id")
                        .mapTo(String.class)
                        .list());
    }
}
