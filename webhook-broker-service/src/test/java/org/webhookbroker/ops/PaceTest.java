package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 1000", "15, 1, 66", "100, 10, 100", "5000, 500, 100", "100000, 1000, 10"})
    void portionsAreSmallAndMakeUpTheRate(int perSecond, int portion, long pauseMillis) {
        Pace pace = Pace.perSecond(perSecond);

        assertThat(pace.portion()).isEqualTo(portion);
        assertThat(pace.pause().toMillis()).isEqualTo(pauseMillis);
    }

    @Test
    void interruptedThreadDoesNotWait() {
        Thread.currentThread().interrupt();

        Pace.await(Duration.ofDays(1));

        assertThat(Thread.interrupted()).isTrue();
    }
}
