package org.webhookbroker.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.testing.Together;

/** What passes, to the message and the byte. */
final class SendQuotasTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long LARGEST = 1_000;
    private static final Sender SHOP = new Sender(null, "shop", "orders");

    /** Near the end of its range, as a monotonic clock may be. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5 * SECOND);

    private SendQuotas producers(SendQuota... quotas) {
        return quotas(QuotaKind.PRODUCER, quotas);
    }

    private SendQuotas quotas(QuotaKind kind, SendQuota... quotas) {
        return new SendQuotas(List.of(new Meters(kind, List.of(quotas), LARGEST, 1000)), now::get);
    }

    private static SendQuota each(long messages, long bytes, int burst) {
        return new SendQuota("", messages, bytes, Duration.ofSeconds(burst));
    }

    private static int passing(SendQuotas quotas, Sender sender, int tries, long payload) {
        int passed = 0;
        for (int i = 0; i < tries; i++) {
            if (quotas.take(sender, payload).isEmpty()) {
                passed++;
            }
        }
        return passed;
    }

    @Test
    void theBurstAndThenTheRate() {
        SendQuotas quotas = producers(each(3, 0, 10));
        assertThat(passing(quotas, SHOP, 100, 1)).isEqualTo(30);
        now.addAndGet(SECOND);
        assertThat(passing(quotas, SHOP, 100, 1)).isEqualTo(3);
        now.addAndGet(1000 * SECOND);
        assertThat(passing(quotas, SHOP, 100, 1)).as("no more than the burst").isEqualTo(30);
    }

    @Test
    void ofManyThreadsNoMorePassAndNoneIsLost() throws Exception {
        SendQuotas quotas = producers(each(1000, 0, 2));
        long start = now.get();
        Callable<Integer> flood = () -> {
            int passed = 0;
            for (int i = 0; i < 20_000; i++) {
                passed += passing(quotas, SHOP, 1, 1);
                now.addAndGet(1_000);
            }
            return passed;
        };
        int passed = Together.run(Collections.nCopies(8, flood)).stream()
                .mapToInt(Integer::intValue)
                .sum();
        passed += passing(quotas, SHOP, 5000, 1);
        long flowedIn = (now.get() - start) / (SECOND / 1000);
        assertThat((long) passed).isEqualTo(2000 + flowedIn);
    }

    /** What the answer says is true, to the nanosecond, for whatever was sent before. */
    @Test
    void whoComesAgainAfterTheDelayPasses() {
        Random random = new Random(16);
        for (QuotaKind kind : new QuotaKind[] {QuotaKind.PRODUCER, QuotaKind.CHANNEL}) {
            for (int run = 0; run < 100; run++) {
                SendQuotas quotas =
                        quotas(kind, each(random.nextInt(1000), 1L + random.nextInt(100_000), 1 + random.nextInt(20)));
                for (int i = 0; i < 50; i++) {
                    long payload = 1L + random.nextInt((int) LARGEST);
                    Optional<Excess> excess = Optional.empty();
                    while (excess.isEmpty()) {
                        excess = quotas.take(SHOP, payload);
                    }
                    assertThat(quotas.excess(SHOP, payload)).isEqualTo(excess);
                    now.addAndGet(excess.get().delay().toNanos());
                    assertThat(quotas.excess(SHOP, payload)).isEmpty();
                    assertThat(quotas.take(SHOP, payload)).isEmpty();
                    now.addAndGet(random.nextInt(1_000_000_000));
                }
            }
        }
    }

    @Test
    void theDelayIsInWholeSecondsAndNeverTooShort() {
        SendQuotas quotas = producers(each(1, 0, 1));
        assertThat(quotas.take(SHOP, 1)).isEmpty();
        assertThat(quotas.take(SHOP, 1).orElseThrow().seconds()).isEqualTo(1);
        now.addAndGet(1);
        assertThat(quotas.take(SHOP, 1).orElseThrow().seconds()).isEqualTo(1);
        assertThat(new Excess(QuotaKind.KEY, "", Duration.ofNanos(SECOND + 1)).seconds())
                .isEqualTo(2);
        assertThat(new Excess(QuotaKind.KEY, "", Duration.ofSeconds(2)).seconds())
                .isEqualTo(2);
    }

    @Test
    void bytesCountAsTheyAreAndTheLargestPayloadAlwaysHasItsTurn() {
        SendQuotas quotas = producers(each(0, 10, 1));
        assertThat(passing(quotas, SHOP, 10, LARGEST)).isEqualTo(1);
        Excess excess = quotas.take(SHOP, LARGEST).orElseThrow();
        assertThat(excess.text()).isEqualTo("each node takes 10 bytes a second of the producer `shop`");
        assertThat(excess.seconds()).isEqualTo(100);
        now.addAndGet(SECOND);
        assertThat(passing(quotas, SHOP, 100, 1)).isEqualTo(10);
    }

    @Test
    void anEntryOfItsOwnReplacesTheOneForAll() {
        SendQuotas quotas = producers(
                each(1, 0, 1),
                new SendQuota("shop", 5, 0, Duration.ofSeconds(1)),
                new SendQuota("free", 0, 0, Duration.ofSeconds(1)));
        assertThat(passing(quotas, SHOP, 100, 1)).isEqualTo(5);
        assertThat(passing(quotas, new Sender(null, "other", "orders"), 100, 1)).isEqualTo(1);
        assertThat(passing(quotas, new Sender(null, "another", "orders"), 100, 1))
                .isEqualTo(1);
        assertThat(passing(quotas, new Sender(null, "free", "orders"), 100, 1)).isEqualTo(100);
    }

    @Test
    void whatOneQuotaRefusesCostsTheOthersNothing() {
        SendQuotas quotas = new SendQuotas(
                List.of(
                        new Meters(QuotaKind.KEY, List.of(each(2, 0, 1)), LARGEST, 10),
                        new Meters(QuotaKind.PRODUCER, List.of(each(4, 0, 1)), LARGEST, 10)),
                now::get);
        Sender first = new Sender("k1", "shop", "orders");
        assertThat(passing(quotas, first, 100, 1)).isEqualTo(2);
        assertThat(quotas.take(first, 1).orElseThrow().kind()).isEqualTo(QuotaKind.KEY);
        assertThat(passing(quotas, SHOP, 100, 1)).as("without a key").isEqualTo(2);
        assertThat(quotas.take(first, 1).orElseThrow().kind())
                .as("the key, which takes longer")
                .isEqualTo(QuotaKind.KEY);
    }

    /** One producer floods a channel; another sends less than half of its quota, and each of its messages passes. */
    @Test
    @Tag("G6")
    void aProducerLeavesHalfOfTheChannelToOthers() {
        SendQuotas quotas = quotas(QuotaKind.CHANNEL, each(100, 10_000, 10));
        Sender flood = new Sender(null, "flood", "orders");
        long start = now.get();
        int flooded = 0;
        int sent = 0;
        for (int tick = 0; tick < 10_000; tick++) {
            now.addAndGet(SECOND / 100);
            flooded += passing(quotas, flood, 10, 90);
            if (tick % 2 == 1) {
                assertThat(quotas.take(SHOP, 90)).as("tick " + tick).isEmpty();
                sent++;
            }
        }
        long seconds = (now.get() - start) / SECOND;
        assertThat(sent).isEqualTo(5000);
        assertThat(flooded + sent).isBetween((int) (100 * seconds), (int) (100 * seconds + 1000));
    }

    /** In whose name it sends is its own choice. */
    @Test
    @Tag("G6")
    void aKeyForAnyProducerIsOneOfThoseWhoShare() {
        SendQuotas quotas = new SendQuotas(
                List.of(
                        new Meters(QuotaKind.PRODUCER, List.of(each(1, 0, 1)), LARGEST, 10),
                        new Meters(QuotaKind.CHANNEL, List.of(each(100, 0, 1)), LARGEST, 10)),
                now::get);
        assertThat(passing(quotas, new Sender("key", null, "orders"), 1000, 1)).isEqualTo(50);
        assertThat(quotas.take(SHOP, 1)).isEmpty();
    }

    @Test
    void aloneAProducerHasAllThatFlowsIn() {
        SendQuotas quotas = quotas(QuotaKind.CHANNEL, each(100, 0, 10));
        assertThat(passing(quotas, SHOP, 10_000, 1)).as("half of the burst").isEqualTo(500);
        int passed = 0;
        for (int second = 0; second < 100; second++) {
            now.addAndGet(SECOND);
            passed += passing(quotas, SHOP, 1000, 1);
        }
        assertThat(passed).isEqualTo(100 * 100);
    }

    /** Even the least quota lets each producer have a turn. */
    @Test
    void aSmallQuotaCanBeShared() {
        SendQuotas quotas = quotas(QuotaKind.CHANNEL, each(1, 1, 1));
        assertThat(passing(quotas, new Sender(null, "flood", "orders"), 100, LARGEST))
                .isEqualTo(1);
        assertThat(quotas.take(SHOP, LARGEST)).isEmpty();
    }

    /** As many ids as a stranger may ever register. */
    @Test
    @Tag("G8")
    void whatIsRememberedHasABound() {
        Meters meters = new Meters(QuotaKind.CHANNEL, List.of(each(1, 0, 10)), LARGEST, 1000);
        SendQuotas quotas = new SendQuotas(List.of(meters), now::get);
        for (int i = 0; i < 5000; i++) {
            assertThat(quotas.take(new Sender(null, "p" + i, "c" + i), 1)).isEmpty();
        }
        assertThat(meters.size()).isEqualTo(2 * 1000);
        now.addAndGet(3 * SECOND);
        for (int i = 0; i < 1000; i++) {
            quotas.excess(new Sender(null, "q" + i, "d" + i), 1);
        }
        assertThat(meters.size()).as("those that are full again are forgotten").isLessThan(20);
    }

    @Test
    void whoIsForgottenHasNothingThatCounts() {
        SendQuotas quotas = producers(each(1, 0, 5));
        assertThat(passing(quotas, SHOP, 100, 1)).isEqualTo(5);
        for (int i = 0; i < 500; i++) {
            now.addAndGet(SECOND / 1000);
            quotas.take(new Sender(null, "p" + i, "orders"), 1);
        }
        assertThat(passing(quotas, SHOP, 100, 1)).isZero();
    }
}
