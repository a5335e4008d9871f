package org.webhookbroker.background;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("G8")
final class ByteBudgetTest {
    private static final long LIMIT = 1 << 20;

    private final ByteBudget budget = ByteBudget.withReserveForSmall(LIMIT);

    @Test
    void largeOnesLeaveAnEighthToSmallOnes() {
        assertThat(takeAll(ByteBudget.SMALL + 1)).isLessThanOrEqualTo(LIMIT / 8 * 7);
        assertThat(takeAll(1000)).isGreaterThanOrEqualTo(LIMIT / 8 - 1000);
        assertThat(budget.used()).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void smallOnesMayHaveAll() {
        assertThat(takeAll(ByteBudget.SMALL)).isEqualTo(LIMIT);
        assertThat(budget.tryReserve(1)).isFalse();
        budget.release(LIMIT);
        assertThat(budget.used()).isZero();
    }

    @Test
    void withoutAReserveLargeOnesMayHaveAll() {
        ByteBudget plain = ByteBudget.of(LIMIT);

        assertThat(plain.tryReserve(LIMIT + 1)).isFalse();
        assertThat(plain.tryReserve(LIMIT)).isTrue();
        assertThat(plain.tryReserve(1)).isFalse();
        assertThat(plain.used()).isEqualTo(LIMIT);
    }

    @Test
    void aRuleOfItsOwnSeesWhatIsUsedAndMayGoBeyondTheLimit() {
        ByteBudget plain = ByteBudget.of(10);
        plain.tryReserve(10);

        assertThat(plain.tryReserve(5, used -> used < 10)).isFalse();
        assertThat(plain.tryReserve(5, used -> used <= 10)).isTrue();
        assertThat(plain.used()).isEqualTo(15);
    }

    private long takeAll(int size) {
        long before = budget.used();
        while (budget.tryReserve(size)) {
            assertThat(budget.used()).isLessThanOrEqualTo(LIMIT);
        }
        return budget.used() - before;
    }
}
