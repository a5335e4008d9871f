package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusLineTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "HTTP/1.1 200 OK|200",
                "HTTP/1.0 204 No Content|204",
                "HTTP/1.9 100|100",
                "HTTP/1.1 999 |999",
                "HTTP/1.1  \t 410 \tGone away 200|410",
                "HTTP/1.1 503\tBusy|503",
                "HTTP/1.1 200 \u00c3\u0085ben|200"
            })
    void aStatus(String line, int status) {
        assertThat(AnswerParser.status(line)).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.",
                "HTTP/1.1",
                "HTTP/1.1 ",
                "HTTP/1.1 20",
                "HTTP/1.1200 OK",
                "HTTP/1.x 200 OK",
                "HTTP/1.11 200 OK",
                "HTTP/2.0 200 OK",
                "http/1.1 200 OK",
                " HTTP/1.1 200 OK",
                "HTTP/1.1\r200 OK",
                "HTTP/1.1 099 OK",
                "HTTP/1.1 2000 OK",
                "HTTP/1.1 200OK",
                "HTTP/1.1 2x0 OK",
                "HTTP/1.1 20\u0665 OK",
                "HTTP/1.1 -20 OK",
                "HTTP/1.1 200 O\rK",
                "HTTP/1.1 200\r"
            })
    void none(String line) {
        assertThat(AnswerParser.status(line)).isZero();
    }
}
