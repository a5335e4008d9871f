package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerVersionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.6.0-MariaDB",
                "10.6.16-MariaDB-0ubuntu0.22.04.1-log",
                "10.11.6-MariaDB-0+deb12u1",
                "5.5.5-10.6.4-MariaDB",
                "11.4.5-MariaDB",
                "12.0.1-MariaDB"
            })
    void acceptsMariaDbSince10Point6(String text) {
        assertThatCode(() -> ServerVersion.parse(text).requireSupported()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "10.5.23-MariaDB, is MariaDB 10.5.23-MariaDB",
        "10.3.39-MariaDB-log, Upgrade it to 10.6",
        "5.5.68-MariaDB, Upgrade it to 10.6",
        "5.5.5-10.4.1-MariaDB, Upgrade it to 10.6",
        "8.0.36, is MySQL 8.0.36",
        "8.4.0-29.1 Percona, not MariaDB",
        "5.7.44-log, not MariaDB",
        "unknown, is not understood"
    })
    void refusesTheOthersByName(String text, String message) {
        assertThatThrownBy(() -> ServerVersion.parse(text).requireSupported())
                .hasMessageContaining("database.url")
                .hasMessageContaining(message);
    }
}
