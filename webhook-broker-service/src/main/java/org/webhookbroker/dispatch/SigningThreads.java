package org.webhookbroker.dispatch;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Makes the signatures that take long. On the threads that start attempts, those of all other consumers would wait for them (G6). Half
 * of the processors are left to others, and a thread without work ends. What waits here has its room in a lane, and its share of the
 * calls; as ed25519 needs two copies of a body, large ones are signed one at a time (G8).
 */
final class SigningThreads {
    private static final int LARGE = 1 << 20;

    private final Executor several = threads(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    private final Executor one = threads(1);

    private static Executor threads(int most) {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(most, most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "signing");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** @param size of the body, bytes */
    Executor forBody(int size) {
        return size > LARGE ? one : several;
    }
}
