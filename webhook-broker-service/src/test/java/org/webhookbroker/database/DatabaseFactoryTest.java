package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.util.Duration;
import org.junit.jupiter.api.Test;

final class DatabaseFactoryTest {
    private final DataSourceFactory pool = new DatabaseFactory().pool("jdbc:mariadb://host/schema", "user", "password");

    @Test
    void thePoolSuitsTwoCoresAndSurvivesAnOutage() {
        assertThat(pool.getMaxSize()).isEqualTo(16);
        assertThat(pool.getDefaultTransactionIsolation())
                .isEqualTo(DataSourceFactory.TransactionIsolation.READ_COMMITTED);
        assertThat(pool.getAutoCommitByDefault()).isNull();
        assertThat(pool.isAutoCommentsEnabled()).isFalse();
        assertThat(pool.getCheckConnectionOnBorrow()).isTrue();
        assertThat(pool.getValidationInterval()).isEqualTo(Duration.milliseconds(500));
        assertThat(pool.getMaxConnectionAge()).contains(Duration.minutes(30));
    }

    @Test
    void theDriverCountsRowsAndGivesUpInTheEnd() {
        assertThat(pool.getProperties())
                .containsEntry("socketTimeout", "60000")
                .containsEntry("connectTimeout", "3000")
                .containsEntry("tcpKeepAlive", "true")
                .containsEntry("useBulkStmtsForInserts", "true")
                .containsEntry("useBulkStmts", "false")
                .containsEntry("useAffectedRows", "false");
    }

    @Test
    void commandsMayTakeAsLongAsAnIndexTakes() {
        assertThat(new DatabaseFactory().forCommands().getProperties()).containsEntry("socketTimeout", "0");
    }
}
