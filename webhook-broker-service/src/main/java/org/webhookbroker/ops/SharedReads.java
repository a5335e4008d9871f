package org.webhookbroker.ops;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.webhookbroker.background.BackgroundLoop;

/**
 * Lets a scrape see what other answers showed before it came, without a read of its own: scrapes wait for the next pass of the loop that
 * reads for all of them. However many come, the passes keep their distance, only a few scrapes wait, and none for long; the others show
 * what there is. Thread-safe.
 */
final class SharedReads implements BackgroundLoop.Duty {
    /** Between the beginnings of two passes; also at least as long as the last one took. */
    static final Duration DISTANCE = Duration.ofMillis(200);

    static final int MOST_WAITING = 4;
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final BackgroundLoop.Duty read;
    private final long longest;
    private final Semaphore mayWait = new Semaphore(MOST_WAITING);
    private long beganAt = System.nanoTime() - DISTANCE.toNanos();
    /** When the last pass began that has ended well. */
    private long readAt = beganAt;

    private long tookNanos;
    private boolean isUnderWay;
    private boolean hasFailed;

    SharedReads(BackgroundLoop.Duty read) {
        this(read, LONGEST);
    }

    /** @param longest how long a scrape waits, or a pass may take before nobody waits for it */
    SharedReads(BackgroundLoop.Duty read, Duration longest) {
        this.read = read;
        this.longest = longest.toNanos();
    }

    @Override
    public boolean runOnce() throws Exception {
        begin();
        boolean ended = false;
        try {
            boolean more = read.runOnce();
            ended = true;
            return more;
        } finally {
            end(ended);
        }
    }

    private synchronized void begin() {
        beganAt = System.nanoTime();
        isUnderWay = true;
    }

    private synchronized void end(boolean well) {
        tookNanos = System.nanoTime() - beganAt;
        readAt = well ? beganAt : readAt;
        hasFailed = !well;
        isUnderWay = false;
        notifyAll();
    }

    synchronized boolean isUnderWay() {
        return isUnderWay;
    }

    int waiting() {
        return MOST_WAITING - mayWait.availablePermits();
    }

    /** Returns when a pass has ended that began after this call, or when that would take too long. */
    void awaitNext(Runnable wake) throws InterruptedException {
        if (mayWait.tryAcquire()) {
            try {
                awaitAfter(System.nanoTime(), wake);
            } finally {
                mayWait.release();
            }
        }
    }

    private synchronized void awaitAfter(long came, Runnable wake) throws InterruptedException {
        long now = came;
        while (readAt - came < 0 && now - came < longest && !isInTrouble(now)) {
            long rest = isUnderWay ? longest : Math.max(DISTANCE.toNanos(), tookNanos) - (now - beganAt);
            if (rest <= 0) {
                wake.run();
                rest = longest;
            }
            wait(Math.max(1, Math.min(rest, longest - (now - came)) / 1_000_000));
            now = System.nanoTime();
        }
    }

    /** Then nobody waits: the database is away, or does not answer. */
    private boolean isInTrouble(long now) {
        return hasFailed || (isUnderWay && now - beganAt > longest);
    }
}
