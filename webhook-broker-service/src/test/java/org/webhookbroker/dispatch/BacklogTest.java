package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final long NEVER = Long.MAX_VALUE;

    private final Backlog backlog = new Backlog(0);

    @Test
    void holdsNewJobsBackUntilTheFirstLookFoundNothing() {
        assertThat(backlog.holdsBack(99)).isTrue();

        backlog.looked(0, backlog.beginLook(), false, NEVER);

        assertThat(backlog.holdsBack(0)).isFalse();
        assertThat(backlog.isWorthALook(1_000_000_000_000L)).isFalse();
    }

    @Test
    void onlyMoreUrgentJobsPassThoseThatWait() {
        backlog.looked(0, backlog.beginLook(), false, NEVER);
        backlog.added(5);

        assertThat(backlog.holdsBack(5)).isTrue();
        assertThat(backlog.holdsBack(6)).isFalse();
    }

    @Test
    void whatWasAddedDuringALookIsNotForgotten() {
        long before = backlog.beginLook();
        backlog.added(1);

        backlog.looked(0, before, false, NEVER);

        assertThat(backlog.isDue()).isTrue();
    }

    @Test
    void aRetryIsLookedForWhenItIsDue() {
        backlog.looked(0, backlog.beginLook(), false, NEVER);
        backlog.scheduled(500);
        backlog.scheduled(900);

        assertThat(backlog.isWorthALook(499)).isFalse();
        assertThat(backlog.isWorthALook(500)).isTrue();
    }

    @Test
    void aRetryThatWasScheduledDuringALookIsNotForgotten() {
        long before = backlog.beginLook();
        backlog.scheduled(500);

        backlog.looked(100, before, false, NEVER);

        assertThat(backlog.isWorthALook(499)).isFalse();
        assertThat(backlog.isWorthALook(500)).isTrue();
    }

    @Test
    void queuedJobsSeenByOthersAreLookedForAtOnceWhenNoneWereKnown() {
        backlog.looked(0, backlog.beginLook(), false, NEVER);

        backlog.noticed(10, false);

        assertThat(backlog.isWorthALook(10)).isTrue();
    }

    @Test
    void knownRetriesDoNotMakeEveryNoticeALook() {
        backlog.looked(0, backlog.beginLook(), false, 60_000_000_000L);

        backlog.noticed(10, false);

        assertThat(backlog.isWorthALook(10)).isFalse();
        assertThat(backlog.isWorthALook(5_000_000_000L)).isTrue();
    }
}
