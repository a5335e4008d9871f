package org.webhookbroker.testing;

import java.util.concurrent.Executor;

/**
 * A thread for each task that waits for something. Not the common pool: from JDK 25 on it has a single thread on two cores also for
 * {@code CompletableFuture}, and the JDK's HTTP client completes its answers there.
 */
public enum OwnThread implements Executor {
    EACH;

    @Override
    public void execute(Runnable task) {
        new Thread(task).start();
    }
}
