package org.webhookbroker.client;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Takes the jobs of one pull consumer, on two threads of its own, until it is closed. Thread-safe. */
public final class PullLoop implements AutoCloseable {
    /** What handles the jobs, and what hears of trouble. */
    record Work(Executor executor, JobHandler handler, Consumer<BrokerException> trouble) {
        /**
         * A listener that fails does not end the loop, and an interrupt that it leaves on our thread does not end the next call or
         * pause. After one of {@code close}, {@link HeldJobs} says that it is over.
         */
        void report(BrokerException failure) {
            try {
                trouble.accept(failure);
            } catch (RuntimeException | Error broken) {
                System.getLogger(PullLoop.class.getName())
                        .log(System.Logger.Level.ERROR, "The listener of trouble failed", broken);
            } finally {
                Thread.interrupted();
            }
        }
    }

    private final HeldJobs held;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Duration stopTimeout;
    private final Set<PullLoop> loops;
    private final Thread leaser;
    private final Thread keeper;

    PullLoop(Leases leases, ClientSettings client, PullSettings settings, Work work, Set<PullLoop> loops) {
        this.held = new HeldJobs(settings, client.timing());
        this.stopTimeout = settings.stopTimeout();
        this.loops = loops;
        this.leaser = Threads.daemon(
                "webhook-broker-lease " + leases.name(), new JobLeaser(leases, held, settings, client, work, stopping));
        this.keeper = Threads.daemon(
                "webhook-broker-keep " + leases.name(), new JobKeeper(leases, held, settings, client, work));
    }

    void begin() {
        loops.add(this);
        keeper.start();
        leaser.start();
    }

    /** Takes no more jobs, and gives back those that were not begun, which spends none of their attempts. Does not wait. */
    public void stop() {
        stopping.countDown();
        held.stop();
    }

    /**
     * Stops, and waits until the request that asks for jobs has its answer, the handlers have ended, and the broker knows the
     * outcomes; for the time to stop at most. Then the leases of jobs that are still being handled end by their time. Do not call it
     * from a handler, for which it would wait.
     */
    @Override
    public void close() {
        stop();
        long end = System.nanoTime() + stopTimeout.toNanos();
        try {
            join(leaser, end);
            join(keeper, end);
        } catch (InterruptedException inHaste) {
            Thread.currentThread().interrupt();
        }
        held.abandon();
        leaser.interrupt();
        keeper.interrupt();
        loops.remove(this);
    }

    private static void join(Thread thread, long end) throws InterruptedException {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
    }
}
