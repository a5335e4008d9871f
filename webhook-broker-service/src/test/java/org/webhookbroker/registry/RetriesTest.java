package org.webhookbroker.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetriesTest {
    @ParameterizedTest
    @CsvSource({"'', '', ''", "0, '', 0", "255, '5,30,60', 86400", "'', 9999999, 9999999", "7, '0', ''"})
    void whatIsParsedIsWrittenBackTheSame(String max, String delays, String unreachableFor) {
        Retries retries = Retries.parse(max, delays, unreachableFor).orElseThrow();

        assertThat(retries.maxText()).isEqualTo(max);
        assertThat(retries.delaysText()).isEqualTo(delays);
        assertThat(retries.unreachableForText()).isEqualTo(unreachableFor);
    }

    @ParameterizedTest
    @CsvSource({"256, ''", "-1, ''", "1.5, ''", "'', '5,'", "'', ',5'", "'', '5, 30'", "'', 10000000", "'', 'x'"})
    void malformedTextsAreRefused(String max, String delays) {
        assertThat(Retries.parse(max, delays, "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1h", "10000000", "1.5", "86400,1", " "})
    void malformedTimesOfUnreachableConsumersAreRefused(String unreachableFor) {
        assertThat(Retries.parse("", "", unreachableFor)).isEmpty();
    }

    @Test
    void delaysAreSeconds() {
        assertThat(Retries.parse("", "5,30", "").map(Retries::delays).map(delays -> delays.get(1)))
                .isEqualTo(Optional.of(Duration.ofSeconds(30)));
    }
}
