package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.webhookbroker.background.BackgroundLoop;

/** Scrapes see what is new, and cost no more than a few reads whatever their number. */
final class SharedReadsTest {
    private final AtomicInteger passes = new AtomicInteger();
    private final AtomicInteger value = new AtomicInteger();
    private volatile int shown;
    private volatile boolean broken;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** Waits for as long as a slow machine needs. */
    private final SharedReads reads = new SharedReads(this::pass, Duration.ofMinutes(1));
    /** Would pass once an hour by itself. */
    private final BackgroundLoop loop = new BackgroundLoop("reads", Duration.ofHours(1), reads);

    private final ExecutorService scrapers = Executors.newFixedThreadPool(64);

    private boolean pass() throws InterruptedException {
        int seen = value.get();
        gate.await();
        if (broken) {
            throw new IllegalStateException("No database");
        }
        shown = seen;
        passes.incrementAndGet();
        return false;
    }

    @AfterEach
    void stop() throws Exception {
        gate.countDown();
        loop.stop();
        scrapers.shutdownNow();
    }

    @Test
    void aScrapeShowsWhatWasThereBeforeItCame() throws Exception {
        loop.start();
        for (int i = 1; i <= 5; i++) {
            value.set(i);
            reads.awaitNext(loop::wake);
            assertThat(shown).isEqualTo(i);
        }
    }

    /** The pass under way began before, so it may have missed what is new. */
    @Test
    void aPassThatBeganBeforeIsNotEnough() throws Exception {
        gate = new CountDownLatch(1);
        loop.start();
        value.set(1);
        await().until(() -> reads.isUnderWay());
        value.set(2);
        Future<?> scrape = scrapers.submit(() -> {
            reads.awaitNext(loop::wake);
            return shown;
        });
        await().until(() -> reads.waiting() == 1);
        gate.countDown();
        assertThat(scrape.get(1, TimeUnit.MINUTES)).isEqualTo(2);
    }

    @Test
    void manyScrapesShareFewPasses() throws Exception {
        loop.start();
        reads.awaitNext(loop::wake);
        int before = passes.get();
        long start = System.nanoTime();
        List<Future<?>> scrapes = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            scrapes.add(scrapers.submit(() -> {
                reads.awaitNext(loop::wake);
                return null;
            }));
        }
        for (Future<?> scrape : scrapes) {
            scrape.get(1, TimeUnit.MINUTES);
        }
        long distances = (System.nanoTime() - start) / SharedReads.DISTANCE.toNanos();
        assertThat(passes.get() - before).isLessThanOrEqualTo((int) distances + 2);
    }

    /** Threads of the server are not for waiting. */
    @Test
    void onlyFewWait() throws Exception {
        gate = new CountDownLatch(1);
        loop.start();
        List<Future<?>> waiting = new ArrayList<>();
        for (int i = 0; i < SharedReads.MOST_WAITING; i++) {
            waiting.add(scrapers.submit(() -> {
                reads.awaitNext(loop::wake);
                return null;
            }));
        }
        await().until(() -> reads.waiting() == SharedReads.MOST_WAITING);
        scrapers.submit(() -> {
                    reads.awaitNext(loop::wake);
                    return null;
                })
                .get(1, TimeUnit.MINUTES);
        gate.countDown();
        for (Future<?> one : waiting) {
            one.get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    void nobodyWaitsWhileTheDatabaseIsAwayOrHangs() throws Exception {
        SharedReads impatient = new SharedReads(this::pass);
        BackgroundLoop passing = new BackgroundLoop("impatient", Duration.ofHours(1), impatient);
        broken = true;
        passing.start();
        await().until(() -> passing.failure() != null);
        impatient.awaitNext(passing::wake);
        assertThat(passes.get()).isZero();

        broken = false;
        gate = new CountDownLatch(1);
        passing.wake();
        impatient.awaitNext(passing::wake);
        assertThat(passes.get()).isZero();
        gate.countDown();
        passing.stop();
    }
}
