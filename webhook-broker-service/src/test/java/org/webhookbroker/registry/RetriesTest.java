package org.webhookbroker.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetriesTest {
    @ParameterizedTest
    @CsvSource({"'', ''", "0, ''", "255, '5,30,60'", "'', 9999999", "7, '0'"})
    void whatIsParsedIsWrittenBackTheSame(String max, String delays) {
        Retries retries = Retries.parse(max, delays).orElseThrow();

        assertThat(retries.maxText()).isEqualTo(max);
        assertThat(retries.delaysText()).isEqualTo(delays);
    }

    @ParameterizedTest
    @CsvSource({"256, ''", "-1, ''", "1.5, ''", "'', '5,'", "'', ',5'", "'', '5, 30'", "'', 10000000", "'', 'x'"})
    void malformedTextsAreRefused(String max, String delays) {
        assertThat(Retries.parse(max, delays)).isEmpty();
    }

    @Test
    void delaysAreSeconds() {
        assertThat(Retries.parse("", "5,30").map(Retries::delays).map(delays -> delays.get(1)))
                .isEqualTo(Optional.of(Duration.ofSeconds(30)));
    }
}
