package org.webhookbroker.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.job.LeaseHeads.Head;
import org.webhookbroker.job.LeasePlan.Share;

class LeasePlanTest {
    private static final Head LOW = new Head(WaitingLine.FIRST, 0, Instant.EPOCH, 900);
    private static final Head HIGH = new Head(WaitingLine.FIRST, 9, Instant.EPOCH, 100);
    private static final Head RETRY = new Head(WaitingLine.RETRY, 5, Instant.EPOCH, 5000);

    @Test
    void onePriorityTakesAll() {
        assertThat(LeasePlan.shares(List.of(LOW), 100, 0)).containsExactly(new Share(LOW, 100));
    }

    @Test
    void highestGoesFirstButAnEighthIsForWhatWaitedLongest() {
        assertThat(LeasePlan.shares(List.of(LOW, HIGH), 80, 0))
                .containsExactly(new Share(LOW, 10), new Share(HIGH, 80), new Share(LOW, 80));
    }

    /** G11: otherwise low priorities would starve in lanes that only ever take small batches. */
    @Test
    @Tag("G11")
    void whatIsLessThanAnEighthIsRoundedFairly() {
        for (int wanted : new int[] {1, 3, 7, 8, 20}) {
            int forTheLongestWaiting = 0;
            for (int rounding = 0; rounding < LeasePlan.STARVATION_SHARE; rounding++) {
                Share first =
                        LeasePlan.shares(List.of(LOW, HIGH), wanted, rounding).get(0);
                forTheLongestWaiting += first.head().equals(LOW) ? first.limit() : 0;
            }
            assertThat(forTheLongestWaiting).isEqualTo(wanted);
        }
    }

    @Test
    void retriesGetHalfWhileFirstAttemptsWait() {
        assertThat(LeasePlan.shares(List.of(LOW, RETRY), 100, 0))
                .startsWith(new Share(LOW, 50), new Share(RETRY, 50))
                .endsWith(new Share(LOW, 100), new Share(RETRY, 100));
    }

    /** Otherwise workers that take one job at a time would never get any, or only retries. */
    @Test
    @Tag("G6")
    void aSingleJobIsOfEitherKindAtRandom() {
        List<Share> firsts = IntStream.range(0, LeasePlan.ROUNDINGS)
                .mapToObj(rounding ->
                        LeasePlan.shares(List.of(LOW, HIGH, RETRY), 1, rounding).get(0))
                .toList();
        assertThat(firsts).allMatch(share -> share.limit() == 1);
        assertThat(firsts).filteredOn(share -> share.head().equals(RETRY)).hasSize(LeasePlan.ROUNDINGS / 2);
        assertThat(firsts).contains(new Share(LOW, 1), new Share(HIGH, 1));
    }

    @Test
    void nothingDueTakesNothing() {
        assertThat(LeasePlan.shares(List.of(), 100, 0)).isEmpty();
    }
}
