package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.webhookbroker.job.LeaseStore;

class BacklogTest {
    private static final long NEVER = Long.MAX_VALUE;

    private final Backlog backlog = new Backlog(0);

    @Test
    void holdsNewJobsBackUntilTheFirstLookFoundNothing() {
        assertThat(backlog.holdsBack(99)).isTrue();

        backlog.looked(0, backlog.beginLook(), lease(false, NEVER));

        assertThat(backlog.holdsBack(0)).isFalse();
        assertThat(backlog.isWorthALook(1_000_000_000_000L, true)).isFalse();
    }

    @Test
    void onlyMoreUrgentJobsPassThoseThatWait() {
        backlog.looked(0, backlog.beginLook(), lease(false, NEVER));
        backlog.added(5);

        assertThat(backlog.holdsBack(5)).isTrue();
        assertThat(backlog.holdsBack(6)).isFalse();
    }

    @Test
    void whatWasAddedDuringALookIsNotForgotten() {
        long before = backlog.beginLook();
        backlog.added(1);

        backlog.looked(0, before, lease(false, NEVER));

        assertThat(backlog.isDue()).isTrue();
    }

    @Test
    void aRetryIsLookedForWhenItIsDue() {
        backlog.looked(0, backlog.beginLook(), lease(false, NEVER));
        backlog.scheduled(500);
        backlog.scheduled(900);

        assertThat(backlog.isWorthALook(499, true)).isFalse();
        assertThat(backlog.isWorthALook(500, true)).isTrue();
    }

    @Test
    void aRetryThatWasScheduledDuringALookIsNotForgotten() {
        long before = backlog.beginLook();
        backlog.scheduled(500);

        backlog.looked(100, before, lease(false, NEVER));

        assertThat(backlog.isWorthALook(499, true)).isFalse();
        assertThat(backlog.isWorthALook(500, true)).isTrue();
    }

    @Test
    void queuedJobsSeenByOthersAreLookedForAtOnceWhenNoneWereKnown() {
        backlog.looked(0, backlog.beginLook(), lease(false, NEVER));

        backlog.noticed(10);

        assertThat(backlog.isWorthALook(10, true)).isTrue();
    }

    @Test
    void knownRetriesDoNotMakeEveryNoticeALook() {
        backlog.looked(0, backlog.beginLook(), lease(false, 60_000_000L));

        backlog.noticed(10);

        assertThat(backlog.isWorthALook(10, true)).isFalse();
        assertThat(backlog.isWorthALook(5_000_000_000L, true)).isTrue();
    }

    /** They are known, so that whoever sees them makes no look of it before there is room. */
    @Test
    void retriesThatWaitForRoomAreLookedForOnceThereIsSome() {
        backlog.looked(0, backlog.beginLook(), lease(true, NEVER));
        backlog.noticed(10);

        assertThat(backlog.isWorthALook(10, false)).isFalse();
        assertThat(backlog.isWorthALook(10, true)).isTrue();
    }

    private static LeaseStore.Lease lease(boolean retriesWait, long nextDueMicros) {
        return new LeaseStore.Lease(List.of(), false, retriesWait, nextDueMicros);
    }
}
