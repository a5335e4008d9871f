package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.MariaDbExtension;

final class InstantRoundTripTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void testsRunInAZoneWithDaylightSavingSoThatMistakesShow() {
        assertThat(TimeZone.getDefault().getID()).isEqualTo("America/New_York");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-08T06:59:59.999999Z",
                "2026-03-08T02:30:00Z", // 02:30 does not exist in New York that day
                "2026-03-08T07:30:00.000001Z",
                "2026-11-01T05:30:00Z", // 01:30 happens twice that day, here and an hour later
                "2026-11-01T06:30:00Z",
                "1970-01-01T00:00:00Z",
                "2100-12-31T23:59:59.123456Z"
            })
    void instantsComeBackToTheMicrosecond(String text) {
        Instant instant = Instant.parse(text);
        Instant read = mariaDb.database().withHandle(handle -> {
            handle.createUpdate("INSERT INTO incarnation (node, started_at, seen_at) VALUES ('n', :at, :at)")
                    .bind("at", instant)
                    .execute();
            return handle.createQuery("SELECT started_at FROM incarnation")
                    .map((row, context) -> Columns.instant(row, "started_at"))
                    .one();
        });
        assertThat(read).isEqualTo(instant);
    }

    @Test
    void theDatabaseHoldsUtc() {
        Instant instant = Instant.parse("2026-07-01T12:00:00Z");
        String stored = mariaDb.database()
                .withHandle(handle -> handle.createQuery("SELECT CAST(CAST(:at AS DATETIME(6)) AS CHAR)")
                        .bind("at", instant)
                        .mapTo(String.class)
                        .one());
        assertThat(stored).isEqualTo("2026-07-01 12:00:00.000000");
    }
}
