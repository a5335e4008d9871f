package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("G8")
class AppetiteTest {
    private static final int PLACES = 512;

    private final Appetite appetite = new Appetite();

    @Test
    void takesAllThatThereArePlacesForWhileEverythingFits() {
        look(PLACES, false);

        assertThat(appetite.of(PLACES, 1_000_000)).isEqualTo(PLACES);
    }

    @Test
    void waitsAfterARefusalUntilHalfIsGoneAndThenAsksForFew() {
        appetite.beginLook();
        appetite.refused(1000);
        appetite.looked();

        assertThat(appetite.of(PLACES, 501)).isZero();
        assertThat(appetite.of(PLACES, 500)).isEqualTo(Appetite.LEAST);
    }

    @Test
    void comesBackAsLooksAreNotRefused() {
        look(20, true);
        assertThat(appetite.of(PLACES, 0)).isEqualTo(40);
        look(40, false);
        assertThat(appetite.of(PLACES, 1_000_000)).isEqualTo(80);
        for (int i = 0; i < 40; i++) {
            look(1, false);
        }
        assertThat(appetite.of(PLACES, 0)).isEqualTo(PLACES);
    }

    private void look(int taken, boolean refused) {
        appetite.beginLook();
        for (int i = 0; i < taken; i++) {
            appetite.took();
        }
        if (refused) {
            appetite.refused(0);
        }
        appetite.looked();
    }
}
