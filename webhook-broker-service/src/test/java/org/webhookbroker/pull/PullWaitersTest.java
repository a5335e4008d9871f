package org.webhookbroker.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.webhookbroker.database.Xid;

class PullWaitersTest {
    private static final Xid CONSUMER = new Xid(1, 1);
    private static final Duration LONG = Duration.ofHours(1);

    private final PullWaiters waiters = new PullWaiters(3, new PullMarks());
    private final Deque<Runnable> started = new ArrayDeque<>();
    private final List<String> looks = new ArrayList<>();
    private int jobs;

    @Test
    void eachLooksWhenItComesAndOneAtATimeAfter() {
        waitFor("a", LONG);
        waitFor("b", LONG);
        runStarted();
        assertThat(looks).startsWith("a");
        looks.clear();

        jobs = 1;
        waiters.queued(CONSUMER, List.of());
        waiters.queued(CONSUMER, List.of());
        assertThat(started).hasSize(1);
        runStarted();
        assertThat(looks).startsWith("a got it").contains("b");
        assertThat(waiters.size()).isEqualTo(1);
    }

    @Test
    void whoFoundSomethingLetsTheNextLook() {
        waitFor("a", LONG);
        waitFor("b", LONG);
        waitFor("c", LONG);
        runStarted();
        looks.clear();
        jobs = 2;
        waiters.queued(CONSUMER, List.of());
        runStarted();
        assertThat(looks).startsWith("a got it", "b got it", "c");
        assertThat(waiters.size()).isEqualTo(1);
    }

    /** The job may have been committed after the look had read the queue. */
    @Test
    void aJobThatComesDuringALookIsLookedForAgain() {
        waiters.await(CONSUMER, LONG, started::add, last -> {
            looks.add("look");
            if (looks.size() == 1) {
                waiters.queued(CONSUMER, List.of());
            }
            return looks.size() == 2;
        });
        runStarted();
        assertThat(looks).hasSize(2);
        assertThat(waiters.size()).isZero();
    }

    /** A container that stops refuses to run anything. */
    @Test
    void whoIsGoneHoldsUpNeitherTheNextNorWhoeverTellsOfAJob() {
        Executor gone = work -> {
            throw new IllegalStateException("gone");
        };
        waiters.await(CONSUMER, LONG, gone, last -> false);
        assertThat(waiters.size()).isZero();

        boolean[] leaves = {false};
        waiters.await(
                CONSUMER,
                LONG,
                work -> {
                    if (leaves[0]) {
                        gone.execute(work);
                    }
                    started.add(work);
                },
                last -> false);
        waitFor("b", LONG);
        runStarted();
        leaves[0] = true;
        jobs = 1;
        waiters.queued(CONSUMER, List.of());
        runStarted();
        assertThat(looks).contains("b got it");
        assertThat(waiters.size()).isZero();
    }

    @Test
    void aPassAnswersThoseWhoseTimeIsOverAndLetsOthersLook() {
        waitFor("over", Duration.ZERO);
        waitFor("other", LONG);
        runStarted();
        looks.clear();
        waiters.runOnce();
        runStarted();
        assertThat(looks).containsExactlyInAnyOrder("over for the last time", "other");
        assertThat(waiters.size()).isEqualTo(1);
    }

    @Test
    void noneIsTakenBeyondTheCapacityNorAfterTheEnd() {
        assertThat(waitFor("a", LONG)).isTrue();
        assertThat(waitFor("b", LONG)).isTrue();
        assertThat(waitFor("c", LONG)).isTrue();
        assertThat(waitFor("d", LONG)).isFalse();
        runStarted();
        looks.clear();
        waiters.close();
        runStarted();
        assertThat(looks)
                .containsExactlyInAnyOrder("a for the last time", "b for the last time", "c for the last time");
        assertThat(waiters.size()).isZero();
        assertThat(waitFor("e", LONG)).isFalse();
    }

    @Test
    void whoLooksWhenTheBrokerStopsIsAnsweredToo() {
        waiters.await(CONSUMER, LONG, started::add, last -> {
            looks.add(last ? "last" : "look");
            if (!last) {
                waiters.close();
            }
            return last;
        });
        runStarted();
        assertThat(looks).containsExactly("look", "last");
        assertThat(waiters.size()).isZero();
    }

    private boolean waitFor(String name, Duration atMost) {
        return waiters.await(CONSUMER, atMost, started::add, last -> {
            boolean got = jobs > 0;
            jobs -= got ? 1 : 0;
            looks.add(name + (got ? " got it" : last ? " for the last time" : ""));
            return got || last;
        });
    }

    private void runStarted() {
        while (!started.isEmpty()) {
            started.remove().run();
        }
    }
}
