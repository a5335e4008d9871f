package org.webhookbroker.pull;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** G8: a payload counts three times, as bytes and as text. */
@Tag("G8")
class AnswerMemoryTest {
    private final AnswerMemory memory = new AnswerMemory(100, 600);

    @Test
    void anAnswerTakesUpToItsBoundOrOneLargerJob() {
        AnswerMemory.Share share = memory.share();
        assertThat(share.add(60)).isTrue();
        assertThat(share.add(41)).isFalse();
        assertThat(share.add(40)).isTrue();
        assertThat(share.isRefused()).isFalse();
        share.close();
        assertThat(memory.share().add(200)).isTrue();
    }

    @Test
    void whatIsTakenByOthersRefusesEvenTheFirstJobUntilItIsGivenBack() {
        AnswerMemory.Share first = memory.share();
        assertThat(first.add(200)).isTrue();
        AnswerMemory.Share second = memory.share();
        assertThat(second.add(1)).isFalse();
        assertThat(second.isRefused()).isTrue();
        first.close();
        second.close();
        assertThat(second.add(100)).isTrue();
        assertThat(second.isRefused()).isFalse();
    }

    @Test
    void closingTwiceGivesBackOnce() {
        AnswerMemory.Share share = memory.share();
        share.add(200);
        share.close();
        share.close();
        assertThat(memory.share().add(201)).isFalse();
    }
}
