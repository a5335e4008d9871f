package org.webhookbroker.ops;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.Database;

/**
 * Old versions of rows that the database server keeps, and the open transaction for which it does: its disk grows meanwhile, and each look
 * at a queue has more to step over. The loop of the gauges reads both, at its own pace: scrapes, which wake it, do not make it read more. A
 * figure that could not be read is not shown, as a 0 would say that all is well. One thread reads, any may look.
 */
final class UndoGauges {
    private record Figures(Optional<Long> historyListLength, Optional<Duration> oldestTransaction) {}

    private static final Logger LOG = LoggerFactory.getLogger(UndoGauges.class);
    private static final Figures UNKNOWN = new Figures(Optional.empty(), Optional.empty());
    private static final double MILLIS = 1e3;

    private final Database database;
    private final Duration pace;
    private final LongSupplier nanoTime;
    private long readAt;
    private boolean hasRead;
    private boolean wasDenied;
    private volatile Figures figures = UNKNOWN;

    /** @param pace between two reads, at least */
    UndoGauges(Database database, Duration pace, LongSupplier nanoTime) {
        this.database = database;
        this.pace = pace;
        this.nanoTime = nanoTime;
    }

    void register(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name("webhook_broker_database_history_list_length")
                .help("Transactions of which the database server still keeps what they overwrote or deleted")
                .callback(gauge -> figures.historyListLength().ifPresent(length -> gauge.call((double) length)))
                .register(registry);
        GaugeWithCallback.builder()
                .name("webhook_broker_database_oldest_transaction_seconds")
                .help("Age of the oldest open transaction of the database server; absent without the privilege PROCESS")
                .callback(gauge -> figures.oldestTransaction().ifPresent(age -> gauge.call(age.toMillis() / MILLIS)))
                .register(registry);
    }

    /** Unless it did so lately. */
    void read() {
        long now = nanoTime.getAsLong();
        if (!hasRead || now - readAt >= pace.toNanos()) {
            figures = UNKNOWN;
            figures = database.withHandle(handle -> new Figures(historyListLength(handle), oldestTransaction(handle)));
            hasRead = true;
            readAt = now;
        }
    }

    private static Optional<Long> historyListLength(Handle handle) {
        return handle.createQuery("""
                        SELECT variable_value FROM information_schema.global_status
                        WHERE variable_name = 'INNODB_HISTORY_LIST_LENGTH'
                        """).mapTo(Long.class).findOne();
    }

    /** Of others, in the time zone that the server's process has: the one of the session changes nothing in this table. */
    private Optional<Duration> oldestTransaction(Handle handle) {
        try {
            long micros = handle.createQuery("""
                            SELECT COALESCE(TIMESTAMPDIFF(MICROSECOND,
                              CONVERT_TZ(MIN(trx_started), 'SYSTEM', '+00:00'), UTC_TIMESTAMP(6)), 0)
                            FROM information_schema.innodb_trx WHERE trx_mysql_thread_id <> CONNECTION_ID()
                            """).mapTo(Long.class).one();
            return Optional.of(Duration.of(Math.max(0, micros), ChronoUnit.MICROS));
        } catch (JdbiException failure) {
            if (!Database.isDenied(failure)) {
                throw failure;
            }
            if (!wasDenied) {
                wasDenied = true;
                LOG.info("The database's user may not see the transactions of others, so there is no"
                        + " webhook_broker_database_oldest_transaction_seconds. GRANT PROCESS ON *.* lets it");
            }
            return Optional.empty();
        }
    }
}
