package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.background.ByteBudget;

@Tag("G8")
final class BodyBufferTest {
    private static final int KIB = 1024;

    private final ByteBudget budget = ByteBudget.of(100 * KIB);

    @Test
    void reservesInProportionToWhatHasArrivedWhateverWasAnnounced() {
        BodyBuffer body = new BodyBuffer(budget, 1 << 20, 1 << 20);
        assertThat(budget.used()).isZero();

        assertThat(body.makeRoom(1)).isTrue();
        assertThat(budget.used()).isEqualTo(16 * KIB);

        body.add(ByteBuffer.allocate(16 * KIB));
        assertThat(body.makeRoom(1)).isTrue();
        assertThat(budget.used()).isEqualTo(32 * KIB);
    }

    @Test
    void aBufferThatCannotGrowStaysAsItIsAndGivesAllBack() {
        BodyBuffer body = new BodyBuffer(budget, 1 << 20, -1);
        assertThat(body.makeRoom(60 * KIB)).isTrue();
        body.add(ByteBuffer.allocate(60 * KIB));

        assertThat(body.makeRoom(1)).isFalse();
        assertThat(budget.used()).isEqualTo(60 * KIB);

        body.release();
        body.release();
        assertThat(budget.used()).isZero();
    }

    @Test
    void whatIsReleasedNeitherPassesForABodyNorTakesRoomAgain() {
        BodyBuffer body = new BodyBuffer(budget, 1 << 20, -1);
        body.makeRoom(1);
        body.add(ByteBuffer.wrap(new byte[] {7}));

        body.release();

        assertThat(body.trim()).isFalse();
        assertThat(budget.used()).isZero();
        assertThatThrownBy(body::take).hasMessageContaining("ended");
    }

    @Test
    void bytesThatWereTakenStayReserved() {
        BodyBuffer body = new BodyBuffer(budget, 1 << 20, 3);
        assertThat(body.mayTake(4)).isFalse();
        assertThat(body.mayTake(3)).isTrue();
        body.makeRoom(3);
        body.add(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(body.mayTake(1)).isFalse();

        assertThat(body.take()).containsExactly(1, 2, 3);
        body.release();
        assertThat(budget.used()).isEqualTo(3);
    }

    @Test
    void isTrimmedToWhatArrived() {
        BodyBuffer body = new BodyBuffer(budget, 1 << 20, -1);
        body.makeRoom(1);
        body.add(ByteBuffer.wrap(new byte[] {7}));

        assertThat(body.trim()).isTrue();

        assertThat(body.bytes()).containsExactly(7);
        assertThat(budget.used()).isEqualTo(1);
    }

    @Test
    void whatLeavesAPartOfABudgetStaysInTheWholeOfIt() {
        ByteBudget part = budget.part(50);
        BodyBuffer body = new BodyBuffer(part, 1 << 20, -1);
        assertThat(body.makeRoom(40 * KIB)).isTrue();
        assertThat(new BodyBuffer(part, 1 << 20, -1).makeRoom(20 * KIB)).isFalse();
        assertThat(budget.used()).isEqualTo(40 * KIB);

        body.leavePart();

        assertThat(part.used()).isZero();
        assertThat(budget.used()).isEqualTo(40 * KIB);
        assertThat(new BodyBuffer(part, 1 << 20, -1).makeRoom(20 * KIB)).isTrue();
        body.release();
        assertThat(budget.used()).isEqualTo(20 * KIB);
    }
}
