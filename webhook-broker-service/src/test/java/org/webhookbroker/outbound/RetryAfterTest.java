package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2015-10-21T07:28:00Z"), ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    0                             | PT0S
                    7                             | PT7S
                    ' 120 '                       | PT2M
                    -5                            | PT0S
                    31536001                      | PT8760H
                    999999999999999999            | PT8760H
                    9223372036854775807           | PT8760H
                    9223372036854775808           | PT8760H
                    99999999999999999999999999999 | PT8760H
                    -99999999999999999999999999999 | PT0S
                    -0                            | PT0S
                    00000000000000000000000000007 | PT7S
                    000                           | PT0S
                    Fri, 31 Dec 9999 23:59:59 GMT | PT8760H
                    Thu, 01 Jan 1970 00:00:00 GMT | PT0S
                    Thursday, 31-Dec-99 23:59:59 GMT | PT0S
                    Saturday, 01-Nov-64 00:00:00 GMT | PT8760H
                    Fri Dec 31 23:59:59 9999      | PT8760H
                    Wed, 21 Oct 2015 07:28:30 GMT | PT30S
                    Wed, 21 Oct 2015 07:27:00 GMT | PT0S
                    Wed, 21 Oct 2099 07:27:00 GMT | PT8760H
                    Wednesday, 21-Oct-15 07:28:05 GMT | PT5S
                    Wed Oct 21 07:28:30 2015      | PT30S
                    Fri Jan  1 00:00:00 2016      | PT1720H32M
                    """)
    void read(String value, Duration wait) {
        assertThat(RetryAfter.parse(value, null, CLOCK)).contains(wait);
    }

    /** Our clock, or the consumer's, may be wrong by hours. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Wed, 21 Oct 2015 13:00:30 GMT | Wed, 21 Oct 2015 13:00:00 GMT | PT30S
                    Wed, 21 Oct 2015 01:00:30 GMT | Wed, 21 Oct 2015 01:00:00 GMT | PT30S
                    Wed, 21 Oct 2015 07:28:30 GMT | today                         | PT30S
                    30                            | Wed, 21 Oct 2015 01:00:00 GMT | PT30S
                    Wed, 21 Oct 2015 13:00:30 GMT | Wed Oct 21 13:00:00 2015      | PT30S
                    """)
    void readByTheDateOfTheAnswer(String value, String date, Duration wait) {
        assertThat(RetryAfter.parse(value, date, CLOCK)).contains(wait);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "soon",
                "1.5",
                "+5",
                "5s",
                "5, 10",
                "5.0",
                ".5",
                "0x10",
                "-",
                "99999999999999999999.5",
                "1e3",
                "Wed, 99 Oct 2015 07:28:30 GMT",
                "--1",
                "\u0661"
            })
    void meaningless(String value) {
        assertThat(RetryAfter.parse(value, null, CLOCK)).isEmpty();
    }

    /** As long as the line of a head may be. */
    @Test
    void digitsWithoutEnd() {
        assertThat(RetryAfter.parse("9".repeat(8000), null, CLOCK)).contains(Duration.ofDays(365));
        assertThat(RetryAfter.parse("0".repeat(8000) + "9", null, CLOCK)).contains(Duration.ofSeconds(9));
        assertThat(RetryAfter.parse("9".repeat(8000) + "x", null, CLOCK)).isEmpty();
    }

    /** It took the square of their number of steps: minutes here, and seconds for what HTTP/2 lets pass. */
    @Test
    @Tag("G6")
    void zerosWithoutEnd() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            String zeros = "0".repeat(2_000_000);
            assertThat(RetryAfter.parse(zeros + "x", null, CLOCK)).isEmpty();
            assertThat(RetryAfter.parse("-" + zeros + "x", null, CLOCK)).isEmpty();
            assertThat(RetryAfter.parse(zeros, null, CLOCK)).contains(Duration.ZERO);
        });
    }

    @Test
    void absent() {
        assertThat(RetryAfter.parse(null, null, CLOCK)).isEmpty();
    }
}
