package org.webhookbroker.outbound;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Logs a failure that nobody expected, and at most one a minute, with the number of the others: strangers may cause them at will. Thread-safe. */
final class RareLog {
    private static final long QUIET = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final LongSupplier nanoTime;
    private final AtomicLong quietUntil;
    private final LongAdder untold = new LongAdder();

    RareLog(Logger log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
        this.quietUntil = new AtomicLong(nanoTime.getAsLong());
    }

    void warn(String what, Throwable failure) {
        long until = quietUntil.get();
        long now = nanoTime.getAsLong();
        if (now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET)) {
            log.warn("{}; {} more since the last such line", what, untold.sumThenReset(), failure);
        } else {
            untold.increment();
            log.debug("{}", what, failure);
        }
    }
}
