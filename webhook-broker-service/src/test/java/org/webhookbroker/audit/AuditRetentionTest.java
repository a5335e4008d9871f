package org.webhookbroker.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Sql;
import org.webhookbroker.testing.Together;

/** The record has an end, by age and by number, and a flood pushes out nothing but its like. */
class AuditRetentionTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final long MOST = 10_000;

    private final Sql sql = mariaDb.sql();
    private final AuditTrail trail = new AuditTrail(mariaDb.database());

    private AuditRetention retention(int days) {
        return new AuditRetention(mariaDb.database(), trail, Duration.ofDays(days), MOST);
    }

    /** Until nothing is left to do; how many passes that took. */
    private static int run(AuditRetention retention) {
        for (int passes = 1; ; passes++) {
            assertThat(retention.runOnce()).isFalse();
            if (retention.pause(Duration.ofMinutes(1)).equals(Duration.ofMinutes(1))) {
                return passes;
            }
        }
    }

    /** One a second, the last one so many days ago. */
    private void fill(Share share, int count, int daysAgo) {
        sql.execute("""
                INSERT INTO audit
                SELECT UNHEX(CONCAT(
                    LPAD(HEX(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', at)), 16, '0'), LPAD(HEX(FLOOR(RAND() * 4294967295)), 8, '0'))),
                  at, ?, 'filler', '', 'filler', 'put', 'channel', 'x', 'x', '', '', 'done', 1
                FROM (SELECT UTC_TIMESTAMP(6) - INTERVAL ? DAY - INTERVAL seq SECOND AS at FROM seq_0_to_1000000 WHERE seq < ?) times
                """, share.code(), daysAgo, count);
    }

    private long count(Share share) {
        return sql.count("audit", "actor = 'filler' AND share = " + share.code());
    }

    @Test
    void whatIsTooOldGoesInSmallBatches() {
        fill(Share.OPERATORS, 2500, 91);
        fill(Share.JOBS, 10, 89);
        assertThat(run(retention(90))).isEqualTo(3);
        assertThat(sql.count("audit")).isEqualTo(10);
    }

    @Test
    void withoutAnAgeAllStays() {
        fill(Share.OPERATORS, 10, 3000);
        assertThat(run(retention(0))).isEqualTo(1);
        assertThat(sql.count("audit")).isEqualTo(10);
    }

    @Test
    void aFloodOfOneShareLeavesTheOthers() {
        fill(Share.OPERATORS, 50, 80);
        fill(Share.REGISTRY, 60, 80);
        fill(Share.JOBS, 70, 80);
        fill(Share.JOBS, 15_000, 0);
        run(retention(90));
        assertThat(count(Share.OPERATORS)).isEqualTo(50);
        assertThat(count(Share.REGISTRY)).isEqualTo(60);
        assertThat(count(Share.JOBS)).isEqualTo(MOST - MOST / 20);
        // The newest stay.
        assertThat(sql.longOf("SELECT TIMESTAMPDIFF(SECOND, MIN(at), UTC_TIMESTAMP(6)) FROM audit WHERE share = 2"))
                .isBetween(9498L, 9700L);
    }

    /** Whoever floods to hide what was done leaves this. */
    @Test
    void whatGoesBeforeItsTimeIsRecorded() {
        fill(Share.REGISTRY, 12_345, 1);
        run(retention(90));
        assertThat(sql.count("audit", "action = 'forget'")).isEqualTo(1);
        assertThat(
                        sql.textOf(
                                "SELECT CONCAT(actor, ' ', target, ' ', outcome, ' ', affected) FROM audit WHERE action = 'forget'"))
                .isEqualTo("audit registry done " + (12_345 - (MOST - MOST / 20)));
        assertThat(sql.textOf("SELECT after_values FROM audit WHERE action = 'forget'"))
                .matches("\\{\"until\":\"20.*Z\"}");
        assertThat(run(retention(90))).isEqualTo(1);
        assertThat(sql.count("audit", "action = 'forget'")).isEqualTo(1);
    }

    /** Each node does it; together they remove no more than one would. */
    @Test
    void twoNodesRemoveNoMoreThanOne() throws Exception {
        fill(Share.JOBS, 20_000, 1);
        AuditRetention one = retention(90);
        AuditRetention other = retention(90);
        Together.run(List.of(() -> run(one), () -> run(other)));
        run(one);
        run(other);
        assertThat(count(Share.JOBS)).isEqualTo(MOST - MOST / 20);
        assertThat(sql.longOf("SELECT SUM(affected) FROM audit WHERE action = 'forget'"))
                .isEqualTo(20_000 - 9_500);
    }

    @Test
    void aLockedTableIsLeftForLater() throws Exception {
        fill(Share.OPERATORS, 10, 91);
        AuditRetention retention = retention(90);
        try (Connection other = mariaDb.connect()) {
            other.createStatement().execute("LOCK TABLES audit WRITE");
            assertThat(run(retention)).isEqualTo(1);
            other.createStatement().execute("UNLOCK TABLES");
        }
        assertThat(sql.count("audit")).isEqualTo(10);
        run(retention);
        assertThat(sql.count("audit")).isZero();
    }
}
