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

    /** As large as payloads and memory are: consumers that do not read leave something for small jobs of others. */
    @Test
    @Tag("G6")
    void anEighthIsKeptForSmallJobs() {
        AnswerMemory shipped = new AnswerMemory(4 << 20, 64 << 20);
        assertThat(shipped.share(A).add(16 << 20)).isTrue();
        assertThat(shipped.share(B).add(3 << 20)).isFalse();
        assertThat(shipped.share(B).add(2 << 20)).isTrue();
        assertThat(shipped.share(B).add(1 << 20)).isFalse();
        AnswerMemory.Share small = shipped.share(C);
        assertThat(small.add((64 << 10) + 1)).isTrue();
        small.close();
        assertThat(shipped.share(new Xid(1, 4)).add(680 << 10))
                .as("to the edge")
                .isTrue();
        assertThat(small.add((64 << 10) + 1)).isFalse();
        assertThat(small.add(64 << 10)).isTrue();
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
