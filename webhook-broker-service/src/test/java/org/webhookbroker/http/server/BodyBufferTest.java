package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.background.ByteBudget;
import org.webhookbroker.message.IntakeFactory.Limits;

@Tag("G8")
final class BodyBufferTest {
    private static final int KIB = 1024;
    private static final Limits LIMITS = new Limits(1 << 20, 1, Duration.ZERO, Duration.ofDays(1), 1, 1);

    private final ByteBudget budget = ByteBudget.of(100 * KIB);

    @Test
    void reservesInProportionToWhatHasArrivedWhateverWasAnnounced() throws IOException {
        BodyBuffer body = new BodyBuffer(budget, LIMITS, 1 << 20);
        assertThat(budget.used()).isZero();

        assertThat(body.makeRoom(1)).isTrue();
        assertThat(budget.used()).isEqualTo(16 * KIB);

        assertThat(body.readFrom(new ByteArrayInputStream(new byte[20 * KIB]))).isEqualTo(16 * KIB);
        assertThat(body.makeRoom(1)).isTrue();
        assertThat(budget.used()).isEqualTo(64 * KIB);
    }

    @Test
    void aBufferThatCannotGrowStaysAsItIsAndGivesAllBack() {
        BodyBuffer body = new BodyBuffer(budget, LIMITS, -1);
        assertThat(body.makeRoom(60 * KIB)).isTrue();
        body.add(ByteBuffer.allocate(60 * KIB));

        assertThat(body.makeRoom(1)).isFalse();
        assertThat(budget.used()).isEqualTo(60 * KIB);

        body.release();
        body.release();
        assertThat(budget.used()).isZero();
        assertThat(body.take()).isEmpty();
    }

    @Test
    void bytesThatWereTakenStayReserved() {
        BodyBuffer body = new BodyBuffer(budget, LIMITS, 3);
        assertThat(body.mayTake(4)).isFalse();
        assertThat(body.mayTake(3)).isTrue();
        body.makeRoom(3);
        body.add(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(body.isFull()).isTrue();

        assertThat(body.take()).containsExactly(1, 2, 3);
        body.release();
        assertThat(budget.used()).isEqualTo(3);
    }

    @Test
    void isTrimmedToWhatArrived() {
        BodyBuffer body = new BodyBuffer(budget, LIMITS, -1);
        body.makeRoom(1);
        body.add(ByteBuffer.wrap(new byte[] {7}));

        assertThat(body.trim()).isTrue();

        assertThat(body.bytes()).containsExactly(7);
        assertThat(budget.used()).isEqualTo(1);
    }
}
