package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.MariaDbExtension;

final class DatabaseOutageTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void thePoolRecoversByItselfWhenTheServerIsBack() {
        assertThat(answer()).isEqualTo(1);
        mariaDb.kill();
        await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> answer() == 1);
        for (int i = 0; i < 20; i++) {
            assertThat(answer()).isEqualTo(1);
        }
    }

    @Test
    void connectionsReadCommittedData() {
        String level = mariaDb.database()
                .inTransaction(handle -> handle.createQuery("SELECT @@tx_isolation")
                        .mapTo(String.class)
                        .one());
        assertThat(level).isEqualTo("READ-COMMITTED");
    }

    private static int answer() {
        return mariaDb.database()
                .inTransaction(handle ->
                        handle.createQuery("SELECT 1").mapTo(Integer.class).one());
    }
}
