package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract 5.5. */
class RetryPolicyTest {
    private static final Optional<Duration> NOT_ASKED = Optional.empty();

    private final RetryPolicy plain = policy(0, 5, 5, 30, 60);

    @ParameterizedTest(name = "after {0} failures wait {1} s")
    @CsvSource({"0, 5", "1, 30", "2, 60", "3, 120", "4, 180"})
    void theListIsFollowedAndItsLastDelayMultiplied(int failedBefore, long seconds) {
        assertThat(plain.next(failedBefore, NOT_ASKED)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest(name = "single delay, after {0} failures wait {1} s")
    @CsvSource({"0, 1", "1, 2", "2, 3", "4, 5"})
    void aSingleDelayGrowsByItself(int failedBefore, long seconds) {
        assertThat(policy(0, 9, 1).next(failedBefore, NOT_ASKED)).contains(Duration.ofSeconds(seconds));
    }

    @Test
    void aJobIsDeadAfterOneAttemptAndAllRetries() {
        assertThat(plain.next(5, NOT_ASKED)).isEmpty();
        assertThat(policy(0, 0, 5).next(0, NOT_ASKED)).isEmpty();
    }

    @ParameterizedTest(name = "asked for {0} s, waits {1} s")
    @CsvSource({"0, 5", "3, 5", "7, 7", "3600, 3600", "99999, 3600"})
    void retryAfterLengthensTheDelayWithinBounds(long asked, long seconds) {
        assertThat(plain.next(0, Optional.of(Duration.ofSeconds(asked)))).contains(Duration.ofSeconds(seconds));
    }

    /** G7: of one job nothing else says that it was not away for all of the time between two failures. */
    @Test
    void whereNobodyWasReachedManyAttemptsFollowWithinTheTimeThatAJobMayWait() {
        assertThat(plain.unspent(1)).isEqualTo(Duration.ofSeconds(30));
        RetryPolicy policy = policy(0, 5, Duration.ofDays(1).toSeconds());
        assertThat(policy.unspent(0))
                .isEqualTo(policy.unreachableFor().dividedBy(10))
                .isLessThan(Duration.ofDays(1));
        assertThat(policy.next(0, NOT_ASKED)).contains(Duration.ofDays(1));
    }

    /** Retries and delays of a consumer have no bound of their own, and times are sums of them. */
    @Test
    void noDelayIsLongerThanAYear() {
        RetryPolicy policy = policy(0, 1_000_000, Duration.ofDays(300).toSeconds());

        assertThat(policy.next(0, NOT_ASKED)).contains(Duration.ofDays(300));
        assertThat(policy.next(999_999, NOT_ASKED)).contains(Duration.ofDays(365));
    }

    @Test
    void jitterOnlyAddsAndAtMostItsShare() {
        RetryPolicy jittery = policy(0.1, 5, 10);
        for (int i = 0; i < 1000; i++) {
            assertThat(jittery.next(0, NOT_ASKED).orElseThrow())
                    .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
        }
    }

    private static RetryPolicy policy(double jitter, int maxRetries, long... seconds) {
        List<Duration> delays =
                java.util.Arrays.stream(seconds).mapToObj(Duration::ofSeconds).toList();
        return new RetryPolicy(
                delays, maxRetries, jitter, Duration.ofHours(1), Duration.ofHours(24), new java.util.Random(7));
    }
}
