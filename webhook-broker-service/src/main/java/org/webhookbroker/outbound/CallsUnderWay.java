package org.webhookbroker.outbound;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls that have no outcome yet. Nearly all of them end long before their deadlines, so these are not queued: one thread looks at all
 * calls again and again. To queue two deadlines for each call, and to wake a thread for the second, took 7 % of the broker's CPU.
 * Thread-safe.
 */
final class CallsUnderWay {
    private static final Logger LOG = LoggerFactory.getLogger(CallsUnderWay.class);
    private static final RareLog UNEXPECTED = new RareLog(LOG, System::nanoTime);
    private static final long PAUSE = Duration.ofMillis(10).toNanos();

    /** So many times as long as a look takes the thread rests after it, however many calls there are. */
    private static final int REST = 20;

    /** A collector that stops the process within a look makes it seem long: no deadline is later than this. */
    private static final long LONGEST_PAUSE = Duration.ofSeconds(1).toNanos();

    private final Set<Exchange> calls = ConcurrentHashMap.newKeySet();
    private final Thread timer;
    private volatile boolean closed;

    CallsUnderWay() {
        timer = new Thread(this::watch, "outbound-timer");
        timer.setDaemon(true);
        timer.start();
    }

    private void watch() {
        while (!closed) {
            long begun = System.nanoTime();
            calls.forEach(call -> expire(call, begun));
            long rest = REST * (System.nanoTime() - begun);
            LockSupport.parkNanos(Math.min(Math.max(PAUSE, rest), LONGEST_PAUSE));
        }
    }

    /** Whatever goes wrong with one call, the others keep their deadlines. */
    private static void expire(Exchange call, long now) {
        try {
            if (call.isOverdue(now)) {
                call.expire();
            }
        } catch (Throwable unexpected) {
            UNEXPECTED.warn("A call could not be ended at its deadline", unexpected);
        }
    }

    void add(Exchange call) {
        calls.add(call);
    }

    void remove(Exchange call) {
        calls.remove(call);
    }

    /** Ends them all. */
    void shutDown() {
        calls.forEach(Exchange::shutDown);
    }

    void close() {
        closed = true;
        LockSupport.unpark(timer);
    }
}
