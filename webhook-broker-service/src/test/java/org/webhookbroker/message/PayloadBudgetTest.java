package org.webhookbroker.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("G8")
final class PayloadBudgetTest {
    private static final long LIMIT = 1 << 20;

    private final PayloadBudget budget = new PayloadBudget(LIMIT);

    @Test
    void largeOnesLeaveAnEighthToSmallOnes() {
        assertThat(takeAll(PayloadBudget.SMALL + 1)).isLessThanOrEqualTo(LIMIT / 8 * 7);
        assertThat(takeAll(1000)).isGreaterThanOrEqualTo(LIMIT / 8 - 1000);
        assertThat(budget.used()).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void smallOnesMayHaveAll() {
        assertThat(takeAll(PayloadBudget.SMALL)).isEqualTo(LIMIT);
        assertThat(budget.tryReserve(1)).isFalse();
        budget.release(LIMIT);
        assertThat(budget.used()).isZero();
    }

    private long takeAll(int size) {
        long before = budget.used();
        while (budget.tryReserve(size)) {
            assertThat(budget.used()).isLessThanOrEqualTo(LIMIT);
        }
        return budget.used() - before;
    }
}
