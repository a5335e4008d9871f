package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** G6 and G8: what stuck lanes may take, and what is left for others. */
@Tag("G8")
class MemoryBudgetTest {
    private static final int KIB = 1024;
    private static final long LIMIT = 1024 * KIB;

    private final MemoryBudget budget = new MemoryBudget(LIMIT);

    @Test
    void aLaneTakesItsOwnAndAFifthOfTheRest() {
        assertThat(takeAll(KIB)).isBetween(MemoryBudget.OWN + LIMIT / 5 - KIB, MemoryBudget.OWN + LIMIT / 5 + KIB);
    }

    @Test
    void howeverManyAreStuckAnotherHasItsOwn() {
        for (int lane = 0; lane < 200; lane++) {
            takeAll(KIB);
        }

        assertThat(budget.shared()).isLessThanOrEqualTo(LIMIT);
        assertThat(takeAll(KIB)).isGreaterThanOrEqualTo(MemoryBudget.OWN);
    }

    @Test
    void anEmptyLaneMayTakeOneJobThatIsLargerThanTheRest() {
        int large = (int) (2 * LIMIT);

        assertThat(budget.tryAcquire(0, large)).isTrue();
        assertThat(budget.tryAcquire(0, large)).as("another lane, meanwhile").isFalse();
        budget.release(large, large);
        assertThat(budget.tryAcquire(0, large)).isTrue();
    }

    @Test
    void allIsFreeWhenAllIsReleased() {
        long lane = takeAll(KIB);
        while (lane > 0) {
            budget.release(lane, KIB);
            lane -= KIB;
        }

        assertThat(budget.shared()).isZero();
    }

    /** A new lane takes jobs of this size until it is refused; returns what it has then. */
    private long takeAll(int size) {
        long lane = 0;
        while (budget.tryAcquire(lane, size)) {
            lane += size;
        }
        return lane;
    }
}
