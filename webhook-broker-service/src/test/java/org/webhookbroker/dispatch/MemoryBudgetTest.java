package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** G6 and G8: what stuck lanes may take, and what is left for others. */
class MemoryBudgetTest {
    private final MemoryBudget budget = new MemoryBudget(1000);

    @Test
    void aLaneTakesAtMostWhatItLeavesFree() {
        assertThat(take(new int[1], 100)).isEqualTo(500);
    }

    @Test
    void stuckLanesAlwaysLeaveRoomForAnother() {
        for (int lane = 0; lane < 20; lane++) {
            take(new int[1], 10);
        }

        assertThat(budget.used()).isLessThanOrEqualTo(1000);
        assertThat(take(new int[1], 10)).isGreaterThanOrEqualTo(10);
    }

    @Test
    void anEmptyLaneMayTakeOneJobThatIsLargerThanTheRest() {
        assertThat(budget.tryAcquire(0, 5000)).isTrue();
        assertThat(budget.tryAcquire(0, 5000)).isFalse();
        budget.release(5000);
        assertThat(budget.tryAcquire(0, 5000)).isTrue();
    }

    /** Takes jobs of this size until refused; returns what the lane has then. */
    private int take(int[] lane, int size) {
        while (budget.tryAcquire(lane[0], size)) {
            lane[0] += size;
        }
        return lane[0];
    }
}
