package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("G8")
class BatchSizeTest {
    private static final int PLACES = 512;

    private final BatchSize batchSize = new BatchSize();

    @Test
    void takesAllThatThereArePlacesForWhileEverythingFits() {
        look(PLACES, false);

        assertThat(batchSize.of(PLACES, 1_000_000)).isEqualTo(PLACES);
    }

    @Test
    void waitsAfterARefusalUntilHalfIsGoneAndThenAsksForFew() {
        batchSize.refused(1000);
        batchSize.lookedInVain(0);

        assertThat(batchSize.of(PLACES, 501)).isZero();
        assertThat(batchSize.of(PLACES, 500)).isEqualTo(BatchSize.LEAST);
    }

    @Test
    void comesBackAsLooksAreNotRefused() {
        look(20, true);
        assertThat(batchSize.of(PLACES, 0)).isEqualTo(40);
        look(40, false);
        assertThat(batchSize.of(PLACES, 1_000_000)).isEqualTo(80);
        for (int i = 0; i < 40; i++) {
            look(1, false);
        }
        assertThat(batchSize.of(PLACES, 0)).isEqualTo(PLACES);
    }

    private void look(int taken, boolean refused) {
        if (refused) {
            batchSize.refused(0);
            batchSize.lookedInVain(taken);
        } else {
            batchSize.looked();
        }
    }
}
