package org.webhookbroker.background;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.Database;

/**
 * Runs a duty again and again on its own thread until stopped. A failure is logged (once a minute), shows in {@link #failure}, and is
 * followed by another try after a pause that doubles from 100 ms to 5 s: nothing stops silently (G9). Thread-safe.
 */
public final class BackgroundLoop implements Looping {
    /** One pass. It contains no loop of its own, so that a test can run a single pass. */
    public interface Duty {
        /** True when there is more to do at once, false to wait for a wake-up or the loop's interval. */
        boolean runOnce() throws Exception;

        /** What keeps failing although a pass did all else that there was to do; null when there is nothing. */
        default @Nullable Throwable trouble() {
            return null;
        }

        /** How long to wait after a pass that found nothing to do, for a duty that knows when the next will be. */
        default Duration pause(Duration interval) {
            return interval;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoop.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final String name;
    private final Duty duty;
    private final Duration interval;
    private final Waiter waiter = new Waiter();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final FailureLog failures;
    private volatile long lastPass = System.nanoTime();
    private volatile long lastEnd = lastPass;
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;

    /** @param interval longest wait between two passes that found nothing to do */
    public BackgroundLoop(String name, Duration interval, Duty duty) {
        this.name = name;
        this.interval = interval;
        this.duty = duty;
        this.failures = new FailureLog(name);
    }

    public String name() {
        return name;
    }

    @Override
    public List<BackgroundLoop> loops() {
        return List.of(this);
    }

    @Override
    public synchronized void start() {
        if (thread == null) {
            stopping = false;
            lastPass = System.nanoTime();
            lastEnd = lastPass;
            Thread runner = new Thread(this::run, name);
            thread = runner;
            runner.setDaemon(true);
            runner.start();
        }
    }

    /** Idempotent, legal before start, and returns only when the last pass has ended. */
    @Override
    public synchronized void stop() throws InterruptedException {
        stopping = true;
        waiter.wake();
        Thread runner = thread;
        if (runner != null) {
            runner.join();
            thread = null;
        }
    }

    /** Ends the wait of an idle loop; while a pass runs, another follows it at once. */
    public void wake() {
        waiter.wake();
    }

    /** What the last pass threw, or its trouble, or null when it ended well. */
    public @Nullable Throwable failure() {
        return failure.get();
    }

    /** Time since a pass last ended well. */
    public Duration sinceLastPass() {
        return Duration.ofNanos(System.nanoTime() - lastPass);
    }

    /** A loop in which no pass ended well for this long has stalled. */
    public Duration stallLimit() {
        return interval.plusSeconds(15);
    }

    /**
     * Whether no pass has ended well for that long for a reason of this node's own: it stands still, or has a bug. What all nodes suffer
     * from is none: the database is away or slow, or refuses what is asked; single items fail.
     */
    public boolean isUnwell() {
        if (sinceLastPass().compareTo(stallLimit()) <= 0) {
            return false;
        }
        Throwable last = failure.get();
        boolean passesEnd = System.nanoTime() - lastEnd <= stallLimit().toNanos();
        if (passesEnd && last != null) {
            return !isSharedByAllNodes(last);
        }
        Thread runner = thread;
        return runner != null && !Database.isAwaitedBy(runner);
    }

    private static boolean isSharedByAllNodes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(cause -> cause instanceof SQLException
                        || cause instanceof IncarnationEndedException
                        || cause instanceof ItemsFailedException);
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        while (!stopping) {
            try {
                boolean more = duty.runOnce();
                pause = FIRST_PAUSE;
                succeeded();
                if (!more) {
                    waiter.await(duty.pause(interval));
                }
            } catch (Throwable thrown) {
                failure.set(thrown);
                lastEnd = System.nanoTime();
                failures.failed(thrown);
                pauseFor(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
    }

    private void succeeded() {
        lastPass = System.nanoTime();
        lastEnd = lastPass;
        Throwable trouble = duty.trouble();
        if (trouble != null) {
            failure.set(trouble);
            failures.failed(trouble);
        } else if (failure.getAndSet(null) != null) {
            failures.ended();
        }
    }

    private void pauseFor(Duration pause) {
        try {
            waiter.await(pause);
        } catch (InterruptedException interrupted) {
            LOG.debug("Background loop {} was interrupted; only stop() ends it", name, interrupted);
        }
    }
}
