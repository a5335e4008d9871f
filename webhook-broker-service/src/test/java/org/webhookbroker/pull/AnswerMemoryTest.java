package org.webhookbroker.pull;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.database.Xid;

/** G8: a payload counts three times, as bytes and as text. */
@Tag("G8")
class AnswerMemoryTest {
    private static final Xid A = new Xid(1, 1);
    private static final Xid B = new Xid(1, 2);
    private static final Xid C = new Xid(1, 3);

    private final AnswerMemory memory = new AnswerMemory(100, 600);

    @Test
    void anAnswerTakesUpToItsBoundOrOneLargerJob() {
        AnswerMemory.Share share = memory.share(A);
        assertThat(share.add(60)).isTrue();
        assertThat(share.add(41)).isFalse();
        assertThat(share.add(40)).isTrue();
        assertThat(share.isRefused()).isFalse();
        share.close();
        assertThat(memory.share(B).add(200)).isTrue();
    }

    /** One job of any size; then half of what the others leave. */
    @Test
    void aConsumerHasAShare() {
        assertThat(memory.share(A).add(50)).isTrue();
        assertThat(memory.share(A).add(50)).isTrue();
        AnswerMemory.Share third = memory.share(A);
        assertThat(third.add(1)).as("half is taken").isFalse();
        assertThat(third.isRefused()).isTrue();

        assertThat(memory.share(B).add(50)).isTrue();
        assertThat(memory.share(B).add(1)).as("half of what is left by A").isFalse();
        assertThat(memory.share(C).add(51)).isFalse();
        assertThat(memory.share(C).add(50)).isTrue();
    }

    @Test
    void whatIsTakenByOthersRefusesEvenTheFirstJobUntilItIsGivenBack() {
        AnswerMemory.Share first = memory.share(A);
        assertThat(first.add(200)).isTrue();
        AnswerMemory.Share second = memory.share(B);
        assertThat(second.add(1)).isFalse();
        assertThat(second.isRefused()).isTrue();
        first.close();
        second.close();
        assertThat(second.add(100)).isTrue();
        assertThat(second.isRefused()).isFalse();
    }

    @Test
    void closingTwiceGivesBackOnce() {
        AnswerMemory.Share share = memory.share(A);
        share.add(200);
        share.close();
        share.close();
        assertThat(memory.share(A).add(201)).isFalse();
        assertThat(memory.share(B).add(200)).isTrue();
        assertThat(memory.share(C).add(1)).isFalse();
    }
}
