package org.webhookbroker.background;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs short tasks that never wait on threads of another executor, many tasks on one thread: to wake a thread for each costs more than
 * such a task. Thread-safe.
 */
public final class FewThreads implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(FewThreads.class);
    /** One more thread is worth its wake-up when each would have so many tasks. */
    private static final int SHARE = 32;

    private final Executor threads;
    private final int most;
    private final Queue<Runnable> tasks;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();

    /** @param most threads that run tasks at once */
    public FewThreads(Executor threads, int most) {
        this(threads, most, new ConcurrentLinkedQueue<>());
    }

    FewThreads(Executor threads, int most, Queue<Runnable> tasks) {
        this.threads = threads;
        this.most = most;
        this.tasks = tasks;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        int now = waiting.incrementAndGet();
        int already = running.get();
        if (already < most && now > already * SHARE && running.compareAndSet(already, already + 1)) {
            start();
        }
    }

    /** Where there is no thread any more, whoever came runs what waits: a task lets go of what it holds. */
    private void start() {
        try {
            threads.execute(this::run);
        } catch (RejectedExecutionException stopping) {
            run();
        }
    }

    private void run() {
        do {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                waiting.decrementAndGet();
                run(task);
            }
            running.decrementAndGet();
            // Whoever came after the last look saw this thread still running, and started none.
        } while (!tasks.isEmpty() && claim());
    }

    private boolean claim() {
        int already = running.get();
        return already == 0 && running.compareAndSet(0, 1);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) { // After an Error, too, the thread must stay counted, and go on.
            LOG.error("A task failed", failure);
        }
    }
}
