package org.webhookbroker.fault;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How long a fault lasts: drawn by lot, since faults have no condition to wait for. */
final class Patience {
    private final Random random;

    Patience(Random random) {
        this.random = random;
    }

    void upTo(Duration longest) throws InterruptedException {
        between(Duration.ZERO, longest);
    }

    void between(Duration shortest, Duration longest) throws InterruptedException {
        long range = longest.minus(shortest).toMillis();
        long millis = shortest.toMillis() + (long) (range * random.nextDouble());
        boolean unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }
}
