package org.webhookbroker.dispatch;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Makes the signatures that take long. On the threads that start attempts, those of all other consumers would wait for them (G6). What waits here
 * has its room in a lane. Half of the processors are left to others, and a thread without work ends.
 */
final class SigningThreads implements Executor {
    private final ThreadPoolExecutor threads;

    SigningThreads() {
        int most = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        threads = new ThreadPoolExecutor(most, most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "signing");
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }
}
