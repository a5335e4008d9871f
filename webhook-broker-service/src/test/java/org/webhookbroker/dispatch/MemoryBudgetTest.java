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
        takeAll(budget.part(), KIB);

        assertThat(budget.own()).isEqualTo(MemoryBudget.OWN);
        assertThat(budget.shared()).isBetween(LIMIT / 5 - KIB, LIMIT / 5 + KIB);
    }

    @Test
    void besideHundredsThatAreStuckAnotherHasAJobOfItsOwn() {
        for (int lane = 0; lane < 8; lane++) {
            assertThat(takeAll(budget.part(), KIB)).isGreaterThanOrEqualTo(MemoryBudget.OWN);
        }
        for (int lane = 8; lane < 200; lane++) {
            takeAll(budget.part(), KIB);
        }

        assertThat(takeAll(budget.part(), KIB)).isEqualTo(KIB);
    }

    /** G8: a heap of 256 MiB has no 32 KiB for each of ten thousand consumers that hang. */
    @Test
    void whatAllHaveOfTheirOwnIsBoundedToo() {
        for (int lane = 0; lane < 10_000; lane++) {
            takeAll(budget.part(), KIB);
        }

        assertThat(budget.own()).isLessThanOrEqualTo(LIMIT / 2);
        assertThat(budget.shared()).isLessThanOrEqualTo(LIMIT + KIB);
        assertThat(takeAll(budget.part(), KIB)).as("until one gives back").isZero();
    }

    @Test
    void smallJobsGoOnWhereLargeOnesFillTheSharedPart() {
        for (int lane = 0; lane < 5; lane++) {
            assertThat(budget.part().tryAcquire(256 * KIB)).isTrue();
        }
        MemoryBudget.Part another = budget.part();

        assertThat(another.tryAcquire(256 * KIB)).isFalse();
        assertThat(takeAll(another, KIB)).isEqualTo(MemoryBudget.OWN);
    }

    @Test
    void anEmptyLaneMayTakeOneJobThatIsLargerThanTheRest() {
        int large = (int) (2 * LIMIT);
        MemoryBudget.Part one = budget.part();
        MemoryBudget.Part another = budget.part();

        assertThat(one.tryAcquire(large)).isTrue();
        assertThat(another.tryAcquire(large)).isFalse();
        one.release(large);
        assertThat(another.tryAcquire(large)).isTrue();
    }

    @Test
    void allIsFreeWhenAllIsReleased() {
        MemoryBudget.Part lane = budget.part();
        takeAll(lane, 3 * KIB);
        while (lane.bytes() > 0) {
            lane.release(3 * KIB);
        }

        assertThat(budget.shared()).isZero();
        assertThat(budget.own()).isZero();
    }

    /** A new lane takes jobs of this size until it is refused; returns what it has then. */
    private static long takeAll(MemoryBudget.Part lane, int size) {
        while (lane.tryAcquire(size)) {
            assertThat(lane.bytes()).isPositive();
        }
        return lane.bytes();
    }
}
