package org.webhookbroker.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailedTriesTest {
    private static final String ADDRESS = "192.0.2.1";

    /** It passes the end of its range, as it may. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000);

    private final PrometheusRegistry metrics = new PrometheusRegistry();
    private final FailedTries tries = new FailedTries(nanos::get, metrics);

    private void exhaust(String address) {
        for (int i = 0; i < FailedTries.FREE; i++) {
            assertThat(tries.failed(address)).isEqualTo(Duration.ZERO);
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void afterTheFreeOnesEachMakesTheTimeLonger() {
        exhaust(ADDRESS);
        assertThat(tries.failed(ADDRESS)).isEqualTo(Duration.ofSeconds(6));
        assertThat(tries.failed(ADDRESS)).isEqualTo(Duration.ofSeconds(9));
        assertThat(tries.failed("192.0.2.2")).isEqualTo(Duration.ZERO);
        for (int i = 0; i < 1000; i++) {
            tries.failed(ADDRESS);
        }
        assertThat(tries.failed(ADDRESS)).isEqualTo(FailedTries.LONGEST);
    }

    @Test
    void whoHasWaitedMayTryAgain() {
        exhaust(ADDRESS);
        pass(Duration.ofMillis(2999));
        assertThat(tries.failed(ADDRESS)).isEqualTo(Duration.ofMillis(3001));
        pass(Duration.ofMillis(3001));
        assertThat(tries.failed(ADDRESS)).isEqualTo(Duration.ZERO);
        assertThat(tries.failed(ADDRESS)).isEqualTo(Duration.ofSeconds(6));
        pass(FailedTries.INTERVAL.multipliedBy(FailedTries.FREE + 1));
        exhaust(ADDRESS);
    }

    @Test
    void aFloodOfAddressesTakesLittleMemoryAndDoesNotHideTheWorst() {
        exhaust(ADDRESS);
        for (int i = 0; i < 20 * FailedTries.MOST; i++) {
            tries.failed("2001:db8:" + Integer.toHexString(i >> 16) + ":" + Integer.toHexString(i & 0xffff) + "::1");
            assertThat(tries.size()).isLessThanOrEqualTo(2 * FailedTries.MOST);
        }
        assertThat(tries.failed(ADDRESS)).isPositive();
    }

    @Test
    void thoseWhoWaitAreBoundedTooAndTheLatestStay() {
        for (int i = 0; i < FailedTries.MOST + 100; i++) {
            exhaust("2001:db8:0:" + Integer.toHexString(i) + "::");
        }
        assertThat(tries.size()).isEqualTo(FailedTries.MOST);
        assertThat(tries.failed("2001:db8::1")).isEqualTo(Duration.ZERO);
        assertThat(tries.failed("2001:db8:0:" + Integer.toHexString(FailedTries.MOST) + "::"))
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, ::ffff:192.0.2.1",
        "192.0.2.1, [::ffff:c000:201]",
        "2001:db8:1:2::1, [2001:DB8:1:2:ffff::9]",
        "fe80::1%eth0, [fe80::2%1]",
        "::1, [0:0:0:0:0:0:0:1]",
        "nonsense, "
    })
    void oneClientIsOneAddress(String one, String another) {
        assertThat(FailedTries.network(another == null ? "" : another)).isEqualTo(FailedTries.network(one));
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 192.0.2.2", "2001:db8:1:2::1, 2001:db8:1:3::1", "192.0.2.1, c000:201::", "::1, 127.0.0.1"})
    void othersAreOthers(String one, String another) {
        assertThat(FailedTries.network(another)).isNotEqualTo(FailedTries.network(one));
    }

    @Test
    void eachIsCountedWithoutItsAddress() {
        tries.failed(ADDRESS);
        tries.failed("::1");
        CounterSnapshot shown = (CounterSnapshot) metrics.scrape().stream()
                .filter(each -> each.getMetadata().getName().equals("webhook_broker_auth_failures"))
                .findFirst()
                .orElseThrow();
        assertThat(shown.getDataPoints()).singleElement().satisfies(point -> {
            assertThat(point.getValue()).isEqualTo(2);
            assertThat(point.getLabels().isEmpty()).isTrue();
        });
    }
}
