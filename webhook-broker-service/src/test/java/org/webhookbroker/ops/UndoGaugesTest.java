package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.TestPools;
import org.webhookbroker.testing.Account;
import org.webhookbroker.testing.DatabaseLine;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestPool;

/** For how long somebody has kept the server from forgetting old rows, and how much it keeps. */
class UndoGaugesTest {
    private static final String OLDEST = "webhook_broker_database_oldest_transaction_seconds";
    private static final String LENGTH = "webhook_broker_database_history_list_length";

    private static final Duration PACE = Duration.ofSeconds(10);

    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    private final PrometheusRegistry metrics = new PrometheusRegistry();
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void anOpenTransactionGrowsOlderUntilItEnds() throws SQLException {
        UndoGauges gauges = gauges(mariaDb.database());

        try (Handle backup = mariaDb.jdbi().open()) {
            backup.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
            await().untilAsserted(() -> {
                readAgain(gauges);
                assertThat(shown(OLDEST))
                        .hasValueSatisfying(age -> assertThat(age).isBetween(2.0, 600.0));
            });
            backup.execute("ROLLBACK");
        }

        await().untilAsserted(() -> {
            readAgain(gauges);
            assertThat(shown(OLDEST)).hasValueSatisfying(age -> assertThat(age).isLessThan(2.0));
        });
    }

    @Test
    void whatIsOverwrittenIsKeptWhileAViewIsOpen() throws SQLException {
        UndoGauges gauges = gauges(mariaDb.database());
        int overwrites = 300;

        try (Connection backup = mariaDb.connect();
                Handle writer = mariaDb.jdbi().open()) {
            backup.createStatement().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            backup.createStatement().execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
            for (int i = 0; i < overwrites; i++) {
                writer.execute("UPDATE registry_version SET version = version + 1");
            }
            readAgain(gauges);
            assertThat(shown(LENGTH))
                    .hasValueSatisfying(length -> assertThat(length).isGreaterThanOrEqualTo(overwrites));
        }
    }

    /** It sees its own transactions alone, or none: that is no reason to say that nobody has one. */
    @Test
    void aUserWithoutThePrivilegeShowsNoAge() {
        try (Account ordinary = new Account(mariaDb, "ordinary")) {
            TestPool pool = TestPool.open(TestPools.of(mariaDb.jdbcUrl(), ordinary.name(), Account.PASSWORD, 1));
            try {
                gauges(pool.database()).read();
            } finally {
                pool.close();
            }
        }

        assertThat(shown(OLDEST)).isEmpty();
        assertThat(shown(LENGTH)).isPresent();
    }

    @Test
    void scrapesDoNotMakeItReadMoreAndWhatCouldNotBeReadIsNotShown() {
        try (DatabaseLine line = DatabaseLine.to(mariaDb)) {
            TestPool pool = TestPool.open(TestPools.of(line.jdbcUrl(), mariaDb.user(), mariaDb.password(), 1));
            try {
                UndoGauges gauges = gauges(pool.database());
                gauges.read();
                line.cut();

                nanos.addAndGet(PACE.toNanos() - 1);
                gauges.read();
                assertThat(shown(OLDEST)).isPresent();

                nanos.addAndGet(1);
                assertThatThrownBy(gauges::read);
                assertThat(shown(OLDEST)).isEmpty();
                assertThat(shown(LENGTH)).isEmpty();

                line.mend();
                gauges.read();
                assertThat(shown(OLDEST)).isPresent();
            } finally {
                pool.close();
            }
        }
    }

    private UndoGauges gauges(Database database) {
        UndoGauges gauges = new UndoGauges(database, PACE, nanos::get);
        gauges.register(metrics);
        return gauges;
    }

    private void readAgain(UndoGauges gauges) {
        nanos.addAndGet(PACE.toNanos());
        gauges.read();
    }

    private Optional<Double> shown(String name) {
        return metrics.scrape(name::equals).stream()
                .flatMap(each -> ((GaugeSnapshot) each).getDataPoints().stream())
                .map(GaugeSnapshot.GaugeDataPointSnapshot::getValue)
                .findFirst();
    }
}
