package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("G8")
final class ConnectionLimitTest {
    /** 4096 of the largest unfinished greetings took 150 MiB of a heap of 256 MiB. */
    @ParameterizedTest(name = "of {0} there may be {2} with {1} MiB")
    @CsvSource({"4096, 256, 2048", "4096, 1024, 4096", "64, 256, 64", "1000000, 32768, 262144"})
    void behindTlsTheHeapBoundsThem(int configured, long mebibytes, int most) {
        assertThat(ConnectionLimit.behindTls(configured, mebibytes << 20)).isEqualTo(most);
    }
}
