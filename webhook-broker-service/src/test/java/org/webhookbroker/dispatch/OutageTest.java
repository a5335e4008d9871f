package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.job.Absence;

/** What a node says of a consumer when other nodes call it too. */
@Tag("G7")
class OutageTest {
    private static final Duration GAP = Duration.ofSeconds(90);
    private static final Duration MORE = GAP.plusNanos(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final Outage outage = new Outage(GAP);
    private long now = System.nanoTime();

    @Test
    void itGoesOnWhileOneFailureFollowsTheOther() {
        fails(true);
        after(GAP);
        fails(true);

        assertThat(outage.length(now)).isEqualTo(GAP);
        assertThat(outage.absence(now)).isEqualTo(new Absence(GAP, false));
        assertThat(outage.news(false, false, now)).contains("cannot be reached, its jobs wait: refused");
    }

    /** The retry of the first job was delivered by another node, of which this one hears nothing. */
    @Test
    void twoFailuresThatAreHoursApartAreTwoOutages() {
        outage.ends();
        fails(true);
        assertThat(outage.absence(now)).isEqualTo(new Absence(Duration.ZERO, true));
        after(DAY);
        fails(true);

        assertThat(outage.news(false, false, now)).as("a single call failed").isEmpty();
        assertThat(outage.length(now)).isZero();
        assertThat(outage.absence(now))
                .as("so a job that has waited for long may be dead")
                .isEqualTo(new Absence(Duration.ZERO, false));
        assertThat(outage.judges(DAY, now)).isFalse();
        after(GAP);
        fails(true);
        assertThat(outage.length(now)).isEqualTo(GAP);
        assertThat(outage.news(true, false, now)).isEmpty();
    }

    @Test
    void itsEndDoesNotTellOfTheTimeBefore() {
        fails(true);
        assertThat(outage.news(false, true, now)).isPresent();
        after(DAY);
        fails(true);
        after(GAP);

        assertThat(outage.news(true, true, now)).contains("is back after 90 s");
    }

    @Test
    void thatSomebodyIsSilentShowsThatThereIsSomebody() {
        fails(true);
        after(MORE);
        fails(false);
        after(GAP);
        fails(true);

        assertThat(outage.absence(now)).isEqualTo(new Absence(Duration.ZERO, true));
        assertThat(outage.length(now)).isEqualTo(GAP);
    }

    private void after(Duration time) {
        now += time.toNanos();
    }

    private void fails(boolean nobodyThere) {
        outage.goesOn(nobodyThere, "refused", now);
    }
}
