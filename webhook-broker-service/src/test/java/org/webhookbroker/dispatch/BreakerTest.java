package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** G7: an unreachable consumer's jobs wait. */
@Tag("G7")
class BreakerTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Breaker breaker = new Breaker(3, Duration.ofSeconds(30));

    @Test
    void opensAfterTheThresholdAndThenAllowsOneAttemptAtATime() {
        breaker.unreachable(0);
        breaker.unreachable(0);
        assertThat(breaker.allows(0, 60)).isTrue();

        breaker.unreachable(0);

        assertThat(breaker.allows(SECOND - 1, 0)).isFalse();
        assertThat(breaker.allows(SECOND, 0)).isTrue();
        assertThat(breaker.allows(SECOND, 1)).isFalse();
    }

    @Test
    void probesAreFurtherApartEachTimeUpToABound() {
        for (int i = 0; i < 3; i++) {
            breaker.unreachable(0);
        }
        long probe = SECOND;
        for (long delay : new long[] {2, 4, 8, 16, 30, 30}) {
            breaker.unreachable(probe);
            assertThat(breaker.allows(probe + delay * SECOND - 1, 0)).isFalse();
            probe += delay * SECOND;
            assertThat(breaker.allows(probe, 0)).isTrue();
        }
    }

    /** Under load many attempts are in flight when a consumer goes away: they are one failure, not thirty. */
    @Test
    void whatWasInFlightWhenItOpenedDoesNotPutTheProbeOff() {
        for (int i = 0; i < 64; i++) {
            breaker.unreachable(i);
        }
        assertThat(breaker.allows(SECOND + 2, 0)).isTrue();
    }

    @Test
    void anyAnswerClosesIt() {
        for (int i = 0; i < 5; i++) {
            breaker.unreachable(0);
        }

        breaker.reached();

        assertThat(breaker.isOpen()).isFalse();
        assertThat(breaker.allows(0, 60)).isTrue();
    }

    @Test
    void thresholdZeroNeverOpens() {
        Breaker off = new Breaker(0, Duration.ofSeconds(30));
        for (int i = 0; i < 100; i++) {
            off.unreachable(0);
        }

        assertThat(off.isOpen()).isFalse();
    }
}
