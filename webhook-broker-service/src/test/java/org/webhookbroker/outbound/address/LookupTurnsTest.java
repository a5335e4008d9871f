package org.webhookbroker.outbound.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names that nobody answers for cannot take all threads of look-ups. */
@Tag("G6")
class LookupTurnsTest {
    private static final int THREADS = 64;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000); // nanoTime may wrap
    /** Has a thread each, and has not ended. */
    private final Queue<Runnable> running = new ArrayDeque<>();

    private long took;
    private int givenUp;
    private final List<String> asked = new ArrayList<>();
    private final LookupTurns turns = new LookupTurns(THREADS, running::add, now::get);

    @Test
    void aDomainHasAFewThreads() {
        ask("a%d.evil.test", 1000);
        assertThat(running).hasSize(LookupTurns.OF_DOMAIN);
        ask("new.good.test", 1);
        assertThat(running).hasSize(LookupTurns.OF_DOMAIN + 1);

        end(2000, 1);

        assertThat(asked).hasSize(1001).doesNotHaveDuplicates();
        assertThat(running).isEmpty();
    }

    @Test
    void slowDomainsHaveHalfOfTheThreads() {
        long slow = HostResolver.PATIENCE.toNanos();
        for (int i = 0; i < 100; i++) {
            ask("a.evil" + i + ".test", 1);
            end(1, slow);
        }
        for (int i = 0; i < 100; i++) {
            ask("b%d.evil" + i + ".test", 3);
        }
        assertThat(running).as("one each").hasSize(THREADS / 2);
        ask("new%d.good.test", 2);
        assertThat(running).hasSize(THREADS / 2 + 2);

        end(500, slow);
        assertThat(asked).hasSize(402).doesNotHaveDuplicates();
    }

    @Test
    void aDomainThatAnswersAgainIsLikeAllOthers() {
        ask("a.once.test", 1);
        end(1, HostResolver.PATIENCE.toNanos());
        ask("b%d.once.test", 20);
        assertThat(running).hasSize(1);

        end(2, HostResolver.PATIENCE.toNanos() - 1);
        assertThat(running).hasSize(1);
        end(1, HostResolver.PATIENCE.toNanos());
        end(2, HostResolver.PATIENCE.toNanos() - 1);
        assertThat(running).as("not yet three in a row").hasSize(1);
        end(1, HostResolver.PATIENCE.toNanos() - 1);

        assertThat(running).hasSize(LookupTurns.OF_DOMAIN);
        end(20, 0);
        assertThat(asked).hasSize(21);
    }

    @Test
    void domainsTakeTurns() {
        for (int i = 0; i < 10; i++) {
            ask("a%d.many" + i + ".test", 100);
        }
        ask("new.good.test", 1);
        end(11, 0);

        assertThat(asked).hasSize(11);
        end(THREADS, 0);
        assertThat(asked).contains("new.good.test");
        end(1000, 0);
        assertThat(asked).hasSize(1001);
    }

    @Test
    void aFewDomainsLeaveAQuarterOfTheThreadsToOthers() {
        for (int i = 0; i < 8; i++) {
            ask("a%d.evil" + i + ".test", 100);
        }
        assertThat(running).hasSize(THREADS * 3 / 4 + 2);
        for (int i = 0; i < THREADS / 4 - 2; i++) {
            ask("a%d.good" + i + ".test", 2);
        }
        assertThat(running).as("one each").hasSize(THREADS);
        ask("a%d.late.test", 2);

        end(THREADS, 0);

        assertThat(asked).contains("a0.good13.test").doesNotContain("a0.late.test");
        end(THREADS, 0);
        assertThat(asked).contains("a0.late.test");
    }

    @Test
    void aDomainThatBecomesSlowLosesItsTurnForAFurtherThread() {
        ask("a%d.evil.test", 2);
        for (int i = 0; i < 23; i++) {
            ask("a%d.good" + i + ".test", 2);
        }
        ask("b%d.evil.test", 10);
        assertThat(running).hasSize(THREADS * 3 / 4);

        end(1, HostResolver.PATIENCE.toNanos());

        assertThat(running).hasSize(THREADS * 3 / 4 - 1);
        end(100, 0);
        assertThat(asked).hasSize(58).doesNotHaveDuplicates();
    }

    /** Its owner has as many names as he likes, and no call takes its look-up out of the line. */
    @Test
    void aSlowDomainLeavesTheLineToOthers() {
        int first = askAll("a%d.evil.test");
        assertThat(first).isBetween(1000, LookupTurns.MAX_WAITING / 2);
        ask("a%d.good.test", 1000);

        end(1, HostResolver.PATIENCE.toNanos());

        assertThat(givenUp).isEqualTo(first - LookupTurns.OF_DOMAIN - LookupTurns.MAX_WAITING_OF_SLOW);
        assertThat(askAll("b%d.evil.test")).isZero();
        end(20_000, HostResolver.PATIENCE.toNanos());
        assertThat(asked).contains("a0.evil.test", "a107.evil.test").doesNotContain("a108.evil.test");
        assertThat(askAll("c%d.evil.test")).isEqualTo(1 + LookupTurns.MAX_WAITING_OF_SLOW);
        assertThat(askAll("a%d.other.test")).isGreaterThan(1000);
    }

    @Test
    void domainsThatWaitForAllTheyMayLeaveAFewPlacesToEachOther() {
        for (int i = 0; i < 100; i++) {
            askAll("a%d.many" + i + ".test");
        }
        for (int i = 0; i < 400; i++) {
            ask("a%d.good" + i + ".test", 4);
        }
        end(20_000, 0);
        assertThat(running).isEmpty();
        assertThat(asked).doesNotHaveDuplicates().contains("a3.good399.test");
    }

    @Test
    void notAnyNumberWaits() {
        for (int i = 0; i < LookupTurns.MAX_WAITING + THREADS; i++) {
            ask("a.domain" + i + ".test", 1);
        }
        assertThat(askAll("a%d.good.test")).isZero();
        end(1, 0);
        assertThat(askAll("a%d.good.test")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "host, host",
        "test, test",
        "b.test, b.test",
        "a.b.test, b.test",
        "x.a.b.test., b.test",
        "x.a.com.test, com.test",
        "a.b.co.uk, b.co.uk",
        "b.co.uk, b.co.uk",
        "a.xyz.uk, xyz.uk",
        "co.uk, co.uk",
        "svc.ns.svc.cluster.local, cluster.local"
    })
    void whatTakesATurn(String host, String domain) {
        assertThat(LookupTurns.domain(host)).isEqualTo(domain);
    }

    private void ask(String names, int count) {
        for (int i = 0; i < count; i++) {
            String name = names.formatted(i);
            turns.execute(
                    name,
                    () -> {
                        asked.add(name);
                        now.addAndGet(took);
                    },
                    () -> givenUp++);
        }
    }

    /** How many of them are taken. */
    private int askAll(String names) {
        for (int i = 0; ; i++) {
            try {
                ask(names.replace("%d", "" + i), 1);
            } catch (RejectedExecutionException e) {
                return i;
            }
        }
    }

    /** So many look-ups, or all there are, end after that time, those that begin meanwhile too. */
    private void end(int count, long after) {
        took = after;
        for (int i = 0; i < count && !running.isEmpty(); i++) {
            running.remove().run();
        }
    }
}
