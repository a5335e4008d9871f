package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract 4.3. */
final class PriorityTest {
    @ParameterizedTest(name = "''{0}'' is {1}")
    @CsvSource({
        "'', 0",
        "0, 0",
        "7, 7",
        "-7, 7",
        "+7, 7",
        "007, 7",
        "abc, 0",
        "7.5, 0",
        "'7 7', 0",
        "-, 0",
        "+, 0",
        "--7, 0",
        "2147483647, 2147483647",
        "-2147483647, 2147483647",
        "2147483648, -1",
        "9223372036854775807, -1",
        "9223372036854775808, 0",
        "99999999999999999999999, 0",
        "٣, 0",
    })
    void theAbsoluteValueCountsAndGarbageIsZero(String text, int priority) {
        assertThat(Priority.parse(text)).isEqualTo(priority);
    }
}
