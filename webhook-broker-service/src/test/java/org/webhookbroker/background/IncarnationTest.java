package org.webhookbroker.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.MariaDbExtension;

@Tag("G4")
final class IncarnationTest {
    private static final Duration SILENCE = Duration.ofSeconds(2);

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    /** By its own clock, as it may be the database that it cannot reach. */
    @Test
    void whoIsNotHeardDoesNotTakeItselfForTheHolderAnyMore() {
        Incarnation incarnation = incarnation(SILENCE);

        await().until(() -> !incarnation.isCurrent());
        assertThat(incarnation.owns(incarnation.id())).isFalse();

        await().until(() -> {
            incarnation.heartbeat();
            return incarnation.isCurrent();
        });
    }

    @Test
    void whoIsHeardHoldsWhatItHasUnderItsNewestName() {
        Incarnation incarnation = incarnation(Duration.ofHours(1));

        assertThat(incarnation.isCurrent()).isTrue();
        assertThat(incarnation.owns(incarnation.id())).isTrue();
        assertThat(incarnation.owns(incarnation.id() + 1)).isFalse();
    }

    private static Incarnation incarnation(Duration timeout) {
        Incarnation incarnation = new Incarnation(mariaDb.database(), "node", timeout);
        incarnation.begin();
        return incarnation;
    }
}
